package dev.gradus.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Somebody wants this program to end, by Ctrl-C or {@code kill}. While this is open the program is
 * not torn away: it may look at {@link #isWanted}, save what it has, and close this; then it ends.
 */
final class Interruption implements AutoCloseable {
    /** Nothing that saves takes longer; whoever hangs is torn away. */
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::waitUntilSaved, "gradus-interruption");
    private volatile boolean wanted;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void waitUntilSaved() {
        wanted = true;
        try {
            if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(
                        "gradus: ended without saving, after " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether somebody wants the program to end. */
    boolean isWanted() {
        return wanted;
    }

    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The program is ending already, and goes on to do so now.
        }
    }
}
