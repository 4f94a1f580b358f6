package dev.gradus.examples;

import dev.gradus.io.AtomicFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a training of {@link TrainGpt} keeps what it needs to go on: {@code training.txt}, its
 * options, one a line, and {@code checkpoints/}. Beside them lies the model.
 */
final class GptFolder {
    private final Path folder;

    GptFolder(Path folder) {
        this.folder = folder;
    }

    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    private Path file() {
        return folder.resolve("training.txt");
    }

    /**
     * Notes the options of a training that starts, or compares them with those of one that goes on.
     *
     * @return what is wrong, or null
     */
    @Nullable String begin(boolean resume, Map<String, String> options) throws IOException {
        boolean exists = Files.exists(file());
        if (!resume) {
            if (exists) {
                return "there is a training in "
                        + folder
                        + " already; --resume goes on with it, another --out starts a new one";
            }
            AtomicFile.write(
                    file(),
                    out -> {
                        for (var option : options.entrySet()) {
                            String line = option.getKey() + " " + option.getValue() + "\n";
                            out.write(line.getBytes(StandardCharsets.UTF_8));
                        }
                    });
            return null;
        }
        if (!exists) {
            return "--resume: there is no training in " + folder + " to go on with";
        }
        Map<String, String> before = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file())) {
            int blank = line.indexOf(' ');
            before.put(line.substring(0, Math.max(0, blank)), line.substring(blank + 1));
        }
        for (var option : options.entrySet()) {
            String was = before.remove(option.getKey());
            if (!option.getValue().equals(was)) {
                return "--resume: %s is %s, and was %s when the training in %s began"
                        .formatted(option.getKey(), option.getValue(), was, folder);
            }
        }
        return null;
    }
}
