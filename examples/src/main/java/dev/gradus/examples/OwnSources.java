package dev.gradus.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The project's own sources: a text that is always there to learn from. */
final class OwnSources {
    private OwnSources() {}

    /**
     * The sources around these classes, the tests left out.
     *
     * @throws IllegalStateException if the classes were not built in the project's folder
     */
    static List<Path> files() {
        Path classes;
        try {
            var place = OwnSources.class.getProtectionDomain().getCodeSource().getLocation();
            classes = Path.of(place.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes are in no folder", e);
        }
        for (Path folder = classes; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(Path.of("core", "src", "main", "java")))) {
                return files(folder);
            }
        }
        throw new IllegalStateException(
                "the project's sources are not around " + classes + "; name a text: --text FILE");
    }

    /**
     * All Java files in {@code root/MODULE/src/main}, in an order that depends on their names alone
     * and mixes the modules: so the end of the text, which is held out, is of the same kind as the
     * rest.
     */
    static List<Path> files(Path root) {
        try (Stream<Path> modules = Files.list(root)) {
            return modules.map(module -> module.resolve(Path.of("src", "main", "java")))
                    .filter(Files::isDirectory)
                    .flatMap(OwnSources::javaFiles)
                    .sorted(
                            Comparator.comparingInt((Path file) -> name(root, file).hashCode())
                                    .thenComparing(file -> name(root, file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
