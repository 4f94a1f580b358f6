package dev.gradus.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Checks what an error says: messages are part of what a user gets. */
public final class Says {
    private Says() {}

    /** Fails unless the code throws exactly this type, with every fragment in its message. */
    public static void error(
            Class<? extends RuntimeException> type, Executable wrong, String... fragments) {
        RuntimeException error = assertThrows(RuntimeException.class, wrong);
        String message = String.valueOf(error.getMessage());
        assertEquals(type, error.getClass(), message);
        for (String fragment : fragments) {
            assertTrue(message.contains(fragment), () -> message + "\nlacks: " + fragment);
        }
    }

    /** The same for the commonest type. */
    public static void illegal(Executable wrong, String... fragments) {
        error(IllegalArgumentException.class, wrong, fragments);
    }
}
