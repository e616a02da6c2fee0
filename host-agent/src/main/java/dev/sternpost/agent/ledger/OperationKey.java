package dev.sternpost.agent.ledger;

/**
 * Names one effect of one task for good: {@code task/step}. A command with the same key asks for the same effect, not for
 * another one.
 *
 * @param taskId the task; keys of commands without a task are not kept
 * @param commandId the whole key
 */
public record OperationKey(String taskId, String commandId) {

    private static final int CHARS_MAX = 256;

    public OperationKey {
        check(taskId, "task id");
        check(commandId, "command id");
    }

    private static void check(String text, String what) {
        if (text.isEmpty() || text.length() > CHARS_MAX) {
            throw new IllegalArgumentException("a " + what + " has 1 to " + CHARS_MAX + " characters");
        }
    }
}
