package dev.sternpost.agent.vmdirectory;

/**
 * The end of a console log.
 *
 * @param content the end
 * @param totalBytes length of the whole log
 */
public record ConsoleTail(byte[] content, long totalBytes) {}
