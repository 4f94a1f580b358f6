package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.autograd.TapeGraph;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

class TapeDrawingTest {
    @TempDir Path directory;

    private static TapeGraph small() {
        Tensor x = Tensor.of(1.0, 2, 3);
        Tensor data = Tensor.of(0.5, -1, 2);
        try (var tape = Tape.watch(x)) {
            Tensor loss = x.add(data).square().sum();
            return tape.graph(loss).named(x, "x <&> \"more\"").named(loss, "loss");
        }
    }

    /** Sums of tanh, one after the other. */
    private static TapeGraph chain(int length) {
        Tensor x = Tensor.of(0.25);
        try (var tape = Tape.watch(x)) {
            Tensor sum = x;
            for (int i = 0; i < length; i++) {
                sum = sum.add(sum.tanh());
            }
            return tape.graph(sum);
        }
    }

    private SavedPicture saved(TapeGraph graph) {
        List<Path> files = Plot.tape("The tape", graph).save(directory, "tape");
        return new SavedPicture(files.get(0), files.get(1));
    }

    @Test
    void aBoxSaysWhatTheNodeIs() throws Exception {
        SavedPicture saved = saved(small());
        List<String> texts =
                saved.texts().stream().map(text -> text.replace('\u00A0', ' ')).toList();
        for (String text :
                List.of(
                        "The tape",
                        "x <&> \"more\"",
                        "watched, FLOAT32 [3]",
                        "value    1 2 3",
                        "gradient  3  2 10",
                        "constant",
                        "add",
                        "value    1.5   1   5",
                        "loss = sum",
                        "value    28.25",
                        "gradient 1")) {
            assertTrue(texts.contains(text), text + " is not in " + texts);
        }
        // Watched, constant, result.
        assertTrue(saved.colors().containsAll(Set.of(0xFBE3B0, 0xE8E8E8, 0xCDEBDD)));
    }

    @Test
    void longGraphsAreDrawnWithoutNumbers() throws Exception {
        List<String> texts = saved(chain(30)).texts();
        assertEquals(30, texts.stream().filter("tanh"::equals).count());
        assertTrue(texts.stream().noneMatch(text -> text.contains("value")));
    }

    @Test
    void sameInputGivesSameBytesInAnyLocale() throws IOException {
        List<byte[]> first = saved(small()).bytes();
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            List<byte[]> second = saved(small()).bytes();
            assertArrayEquals(first.get(0), second.get(0), "PNG");
            assertArrayEquals(first.get(1), second.get(1), "SVG");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void whatCannotBeDrawnSaysWhatToDo() throws IOException {
        try (var tape = Tape.start()) {
            TapeGraph empty = tape.graph();
            assertSays(() -> Plot.tape("nothing", empty), "tape 'nothing': nothing was recorded");
        }
        TapeDrawing large = Plot.tape("large", chain(1000));
        assertSays(() -> large.save(directory, "large"), "tape 'large': 2001 nodes need");
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    private static void assertSays(Executable wrong, String start) {
        String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
        assertTrue(String.valueOf(message).startsWith(start), String.valueOf(message));
    }
}
