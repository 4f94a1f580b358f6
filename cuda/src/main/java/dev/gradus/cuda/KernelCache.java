package dev.gradus.cuda;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Compiled kernels on disk, in {@code ~/.cache/gradus/kernels} ({@code -Dgradus.cache=DIR} says
 * otherwise): compiling one takes a tenth of a second. A file is named by a hash of the source and
 * of all that decides about the result, begins with a hash of its contents, and is written beside
 * and renamed; one that does not fit its hash is made anew. Where nothing can be written, kernels
 * are compiled by every process.
 */
final class KernelCache {
    private static final int HASH = 32;

    private final @Nullable Path folder;

    KernelCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /** The user's own. */
    static KernelCache ofUser() {
        try {
            return new KernelCache(PrivateFolder.cache("kernels"));
        } catch (IOException e) {
            Messages.tell("Compiled kernels are not kept: " + e);
            return new KernelCache(null);
        }
    }

    /** The compiled program of a source, from disk or from the compiler. */
    byte[] get(Compiler compiler, String source) {
        if (folder == null) {
            return compiler.compile(source);
        }
        byte[] key = hash((compiler.settings() + "\n" + source).getBytes(StandardCharsets.UTF_8));
        Path file = folder.resolve(HexFormat.of().formatHex(key) + ".bin");
        byte[] known = read(file);
        if (known != null) {
            return known;
        }
        byte[] made = compiler.compile(source);
        write(file, made);
        return made;
    }

    private static byte @Nullable [] read(Path file) {
        try {
            byte[] all = Files.readAllBytes(file);
            byte[] contents = Arrays.copyOfRange(all, Math.min(HASH, all.length), all.length);
            if (Arrays.equals(all, 0, Math.min(HASH, all.length), hash(contents), 0, HASH)) {
                return contents;
            }
            Messages.tell("The compiled kernel " + file + " is damaged; it is made anew");
            return null;
        } catch (IOException e) {
            return null; // not there, most likely
        }
    }

    private static void write(Path file, byte[] contents) {
        ByteBuffer all = ByteBuffer.allocate(HASH + contents.length);
        all.put(hash(contents)).put(contents);
        try {
            Path beside =
                    Files.createTempFile(
                            file.getParent(), "new", ".bin", PrivateFolder.OWNER_ONLY_FILE);
            try {
                Files.write(beside, all.array());
                Files.move(
                        beside,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            Messages.tell("The compiled kernel " + file + " could not be kept: " + e);
        }
    }

    private static byte[] hash(byte[] of) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(of);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }
}
