/** A JVM that does nothing, for comparison. */
class Idle {
    public static void main(String[] args) throws InterruptedException {
        Thread.sleep(60_000);
    }
}
