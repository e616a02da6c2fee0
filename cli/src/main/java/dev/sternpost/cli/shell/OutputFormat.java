package dev.sternpost.cli.shell;

/** How results are printed. */
public enum OutputFormat {
    /** Columns for people; may change with any version. */
    table,
    /** The contract's own JSON form, for programs. */
    json,
    /** The same as YAML. */
    yaml
}
