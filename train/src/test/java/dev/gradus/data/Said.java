package dev.gradus.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** What an error says. */
final class Said {
    private Said() {}

    /** The code throws exactly such an error, and its message has each of the parts. */
    static <T extends Throwable> T by(Class<T> type, Executable code, String... parts) {
        T thrown = assertThrows(type, code);
        String message = String.valueOf(thrown.getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' is missing in: " + message);
        }
        return thrown;
    }
}
