package dev.gradus.train;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one training: {@code checkpoint-00000120.safetensors} for the newest few, by
 * step, and {@code best.safetensors}.
 */
final class CheckpointFolder {
    private static final Logger LOG = LoggerFactory.getLogger("dev.gradus.train");
    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8,10})\\.safetensors");

    private final Path folder;
    private final int keep;

    /**
     * A folder, which is made when it is needed.
     *
     * @param keep how many of the newest stay, at least 1
     */
    CheckpointFolder(Path folder, int keep) {
        this.folder = folder;
        this.keep = keep;
    }

    Path best() {
        return folder.resolve("best.safetensors");
    }

    void saveBest(Checkpoint checkpoint) throws IOException {
        Files.createDirectories(folder);
        checkpoint.save(best());
    }

    /** Writes one and removes those that are older than the newest few. */
    void save(Checkpoint checkpoint) throws IOException {
        Files.createDirectories(folder);
        int step = checkpoint.step();
        String name = String.format(Locale.ROOT, "checkpoint-%08d.safetensors", step);
        checkpoint.save(folder.resolve(name));
        // One of a later step is damaged, or it would have been resumed; it does not count.
        List<Path> older = List.copyOf(files().headMap(step, true).descendingMap().values());
        for (Path file : older.subList(Math.min(keep, older.size()), older.size())) {
            Files.deleteIfExists(file);
        }
    }

    /** Fails if the folder has checkpoints, which a new training would mix with its own. */
    void checkIsEmpty() {
        try {
            NavigableMap<Integer, Path> files = files();
            if (!files.isEmpty()) {
                throw new IllegalStateException(
                        "%s has checkpoints of another training, up to step %d: call resume() to go on with it, remove them, or take another folder"
                                .formatted(folder, files.lastKey()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By step. */
    private NavigableMap<Integer, Path> files() throws IOException {
        NavigableMap<Integer, Path> files = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.list(folder)) {
                all.forEach(file -> {
                    Matcher name = NAME.matcher(file.getFileName().toString());
                    if (name.matches()) {
                        files.put(Integer.valueOf(name.group(1)), file);
                    }
                });
            }
        }
        return files;
    }

    /**
     * The newest that can be read, or null if there is none at all. Says of the others why not.
     *
     * @throws IOException if there are some, and none can be read
     */
    @Nullable Checkpoint newest() throws IOException {
        NavigableMap<Integer, Path> files = files();
        for (Path file : files.descendingMap().values()) {
            try {
                return Checkpoint.read(file);
            } catch (IOException e) {
                LOG.warn("skipped a checkpoint: {}", e.getMessage());
            }
        }
        if (files.isEmpty()) {
            return null;
        }
        throw new IOException(
                "none of the %d checkpoints in %s can be read; the log says why. To start anew, remove them"
                        .formatted(files.size(), folder));
    }
}
