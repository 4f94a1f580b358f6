package dev.gradus.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file as a whole or not at all: beside the target, {@code .NAME.….tmp}, then to the disk
 * (fsync), then renamed. Whatever happens, and whenever the process is killed, the target is what
 * it was or what it was to become.
 *
 * <p>What a killed process left beside the target is removed by the next write to it. A writer
 * locks its file, so that one that is still at work in another process is left alone.
 */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;
    private static final String TAIL = ".tmp";

    /**
     * The files being written by this process: to open and close one of them here would drop its
     * lock, as POSIX has it.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private AtomicFile() {}

    /** What a file is to contain. */
    @FunctionalInterface
    public interface Contents {
        /** Writes them to a buffered stream, which need not be closed. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Makes a file, or replaces it; a symbolic link stays and what it leads to is replaced.
     *
     * @throws IOException if it cannot be written; the target is as it was, and nothing is left
     *     beside it, as after any exception of {@code contents}
     */
    public static void write(Path target, Contents contents) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path file = Files.exists(absolute) ? absolute.toRealPath() : absolute;
        Path folder = file.getParent();
        Path name = file.getFileName();
        if (folder == null || name == null || Files.isDirectory(file)) {
            throw new IOException(target + " is a folder, not a file to write");
        }
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(
                    target.toString(), null, "there is no folder " + folder + "; make it first");
        }
        String head = "." + name + ".";
        removeLeftovers(folder, head);
        Path temporary = folder.resolve(head + random() + TAIL);
        OURS.add(temporary);
        try (FileChannel channel =
                FileChannel.open(
                        temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            lock(channel);
            OutputStream out = new Uncloseable(Channels.newOutputStream(channel));
            contents.writeTo(out);
            out.flush();
            channel.force(true);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            // There is none any more unless something failed.
            Files.deleteIfExists(temporary);
            OURS.remove(temporary);
        }
        flush(folder);
    }

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** Where the file system knows no locks there is none, and {@link #removeLeftovers} stops. */
    private static void lock(FileChannel channel) {
        try {
            channel.tryLock();
        } catch (IOException e) {
            // Works without.
        }
    }

    /**
     * Removes what nobody has locked. Between another writer's making and locking of its file it
     * may be taken for a leftover; then that write fails, and its target is as it was.
     */
    private static void removeLeftovers(Path folder, String head) throws IOException {
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(folder, file -> isTemporary(file, head))) {
            for (Path leftover : all) {
                if (!OURS.contains(leftover) && isUnlocked(leftover)) {
                    Files.deleteIfExists(leftover);
                }
            }
        }
    }

    private static boolean isTemporary(Path file, String head) {
        String name = String.valueOf(file.getFileName());
        return name.length() == head.length() + 16 + TAIL.length()
                && name.startsWith(head)
                && name.endsWith(TAIL);
    }

    private static boolean isUnlocked(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    /** Flushes the renaming itself, where a folder can be opened (Windows cannot, and need not). */
    private static void flush(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The file is complete under its name; only a power cut could bring the old one back.
        }
    }

    /** Closing would give the channel, and with it the lock, away too early. */
    private static final class Uncloseable extends BufferedOutputStream {
        Uncloseable(OutputStream out) {
            super(out, BUFFER);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
