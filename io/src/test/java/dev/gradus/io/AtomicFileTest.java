package dev.gradus.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class AtomicFileTest {
    @TempDir private Path folder;

    private static void write(Path path, String text) throws IOException {
        AtomicFile.write(path, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    @Test
    void aFailureLeavesTheFileAsItWas() throws IOException {
        Path path = folder.resolve("file");
        write(path, "old");
        for (Exception failure : List.of(new IOException("full"), new IllegalStateException())) {
            Exception thrown =
                    assertThrows(
                            failure.getClass(),
                            () ->
                                    AtomicFile.write(
                                            path,
                                            out -> {
                                                out.write(new byte[1 << 17]);
                                                switch (failure) {
                                                    case IOException e -> throw e;
                                                    case RuntimeException e -> throw e;
                                                    default -> throw new AssertionError();
                                                }
                                            }));
            assertSame(failure, thrown);
            assertEquals("old", Files.readString(path));
            assertEquals(List.of(path), files());
        }
        write(path, "new");
        assertEquals("new", Files.readString(path));
    }

    @Test
    void aWriterSeesTheOldFileUntilItIsDone() throws IOException {
        Path path = folder.resolve("file");
        write(path, "old");
        AtomicFile.write(
                path,
                out -> {
                    out.write('n');
                    out.close(); // as a stream around it would
                    assertEquals("old", Files.readString(path));
                    // another writer at work is left alone, and the one who ends last stays
                    write(path, "between");
                    assertEquals("between", Files.readString(path));
                    out.write('w');
                });
        assertEquals("nw", Files.readString(path));
        assertEquals(List.of(path), files());
    }

    @Test
    void leftoversGoAndOtherFilesStay() throws IOException {
        Path path = folder.resolve("file");
        Files.writeString(folder.resolve(".file.0123456789abcdef.tmp"), "half");
        Path other = Files.writeString(folder.resolve(".file.mine.tmp"), "x");
        Path neighbour = Files.writeString(folder.resolve(".file2.0123456789abcdef.tmp"), "half");
        write(path, "whole");
        assertEquals(Stream.of(path, other, neighbour).sorted().toList(), files());
    }

    @Test
    void aLinkStays() throws IOException {
        Path path = folder.resolve("file");
        write(path, "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);
        write(link, "new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(path));
    }

    @Test
    void whereThereIsNoFolder() {
        Path path = folder.resolve("none/file");
        String message = String.valueOf(
                assertThrows(NoSuchFileException.class, () -> write(path, "")).getMessage());
        assertTrue(message.contains("there is no folder"), message);
        assertThrows(IOException.class, () -> write(folder, ""));
    }
}
