package dev.sternpost.db.task;

/**
 * Additions to the logs of many tasks by column, as one statement takes them.
 *
 * @param numbers of the tasks
 * @param counts of the records of each
 * @param owners numbers of the tasks that the records belong to
 * @param places of the records among those that are added to the same task
 */
@SuppressWarnings("ArrayRecordComponent") // read once, where it is made
record TaskColumns(
        Long[] numbers,
        Long[] epochs,
        String[] summaries,
        Boolean[] ended,
        Integer[] counts,
        Long[] owners,
        Integer[] places,
        LogColumns log) {}
