package dev.gradus.cuda;

import dev.gradus.backend.Backends;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main class of a child process that computes on the CPU. */
final class Unconcerned {
    private Unconcerned() {}

    public static void main(String[] args) throws IOException {
        IO.println("default: " + Backends.current().name());
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
            if (line.matches(".*lib(J?[Cc][Uu]|J?[Nn]v).*")) {
                IO.println("loaded: " + line);
            }
        }
    }
}
