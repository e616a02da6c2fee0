package dev.sternpost.drs.demand;

/**
 * What a figure will be within the next hour, in its own unit.
 *
 * @param now smoothed
 * @param mean over the hour
 * @param max the greatest mean of a quarter of the hour
 * @param spread how far single samples stray from that: a standard deviation
 * @param fromHistory whether the same hours of days before were known
 */
public record Forecast(double now, double mean, double max, double spread, boolean fromHistory) {}
