package dev.gradus.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which files the process has loaded, as the operating system says. */
final class Loaded {
    private Loaded() {}

    /**
     * The file of a library, whoever loaded it. A soname is often a link to a file with a longer
     * version: {@code libnvrtc.so.12} to {@code libnvrtc.so.12.6.77}; that of {@code libcuda.so.1}
     * has the driver's version instead.
     */
    static Optional<Path> file(String soname) {
        String start = soname.equals(Libraries.DRIVER) ? "libcuda.so" : soname;
        Pattern name = Pattern.compile(Pattern.quote(start) + "(\\.\\d+)*");
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            // Six columns; the sixth is the path, which may have blanks.
            return maps.map(line -> line.split(" +", 6))
                    .filter(columns -> columns.length == 6 && columns[5].startsWith("/"))
                    .map(columns -> Path.of(columns[5]))
                    .filter(path -> name.matcher(path.getFileName().toString()).matches())
                    .findFirst();
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty();
        }
    }
}
