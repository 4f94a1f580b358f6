package dev.gradus.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

class ProgressTest {
    private static String shown(boolean watched, Duration patience) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress progress = new Progress("training", 3, watched, patience, err)) {
            for (int i = 0; i < 3; i++) {
                progress.step();
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void longWorkHasABar() {
        String shown = shown(true, Duration.ZERO);
        assertTrue(shown.contains("training"), shown);
        assertTrue(shown.contains("3/3"), shown);
    }

    @Test
    void theBarMakesRoomForALineAndComesBack() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress progress = new Progress("training", 3, true, Duration.ZERO, err)) {
            progress.step();
            progress.hide();
            err.print("a line|");
            progress.step();
        }
        String shown = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(shown.matches("(?s).*1/3.*\r +\ra line\\|\r.*2/3.*\r +\r"), shown);
    }

    @Test
    void shortWorkHasNone() {
        assertEquals("", shown(true, Duration.ofHours(1)));
    }

    @Test
    void nothingIsShownToAFile() {
        assertEquals("", shown(false, Duration.ZERO));
    }
}
