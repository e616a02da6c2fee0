package dev.sternpost.task;

/** Id of a task; text form {@code task-1041}. Numbers rise in the order tasks were accepted and are never used again. */
public record TaskId(long number) implements Comparable<TaskId> {
    private static final String PREFIX = "task-";

    public TaskId {
        if (number < 1) {
            throw new IllegalArgumentException("task numbers begin at 1, not " + number);
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException when the text is not a task id
     */
    public static TaskId parse(String text) {
        if (text.startsWith(PREFIX) && text.length() <= PREFIX.length() + 18) {
            try {
                return new TaskId(Long.parseLong(text.substring(PREFIX.length())));
            } catch (NumberFormatException e) {
                // said below, with the whole text
            }
        }
        throw new IllegalArgumentException("not a task id: " + text);
    }

    @Override
    public int compareTo(TaskId other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return PREFIX + number;
    }
}
