package dev.gradus.cuda;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Folders that nobody else can write to. What is loaded from a file runs with all rights of the
 * user, so such a file must never lie where another user could have put it, nor have a name in a
 * shared folder that can be guessed.
 */
final class PrivateFolder {
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFolder() {}

    /** A new empty folder with a random name; it did not exist before. */
    static Path fresh(Path parent, String prefix) throws IOException {
        return Files.createTempDirectory(parent, prefix, OWNER_ONLY_FOLDER);
    }

    /**
     * The folder of that name in the user's cache, made if need be: {@code -Dgradus.cache=DIR}, or
     * {@code gradus} in {@code XDG_CACHE_HOME} or {@code ~/.cache}.
     *
     * @throws IOException if it cannot be made, or belongs to somebody else, or others may write to
     *     it; says what to do
     */
    static Path cache(String name) throws IOException {
        return within(cacheRoot(), name);
    }

    /** Where the cache is, which need not exist. */
    static Path cacheRoot() {
        String named = System.getProperty("gradus.cache");
        if (named != null) {
            return Path.of(named).toAbsolutePath();
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        // The XDG specification: a relative path is to be ignored.
        Path caches =
                xdg != null && xdg.startsWith("/")
                        ? Path.of(xdg)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("gradus");
    }

    static Path within(Path root, String name) throws IOException {
        Path parent = root.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return ours(ours(root).resolve(name));
    }

    /** The folder, made if need be, and looked at. */
    static Path ours(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, OWNER_ONLY_FOLDER);
        } catch (FileAlreadyExistsException _) {
            String reason = notPrivateBecause(folder);
            if (!reason.isEmpty()) {
                throw new IOException(
                        folder
                                + " "
                                + reason
                                + ", so what lies there is not trusted; move it away, or name"
                                + " another folder with -Dgradus.cache=DIR");
            }
        }
        return folder;
    }

    /** Empty if a file or folder is the user's own and nobody else may write to it. */
    static String notPrivateBecause(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "is a symbolic link";
        }
        // The owner of /proc/self is the user the process runs as, also where that has no name.
        if (!uid(path).equals(uid(Path.of("/proc/self/")))) {
            return "belongs to another user";
        }
        Set<PosixFilePermission> may =
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        boolean others =
                may.contains(PosixFilePermission.GROUP_WRITE)
                        || may.contains(PosixFilePermission.OTHERS_WRITE);
        return others ? "is writable by other users" : "";
    }

    private static Object uid(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid");
    }

    /** Deletes a folder and what is in it; what cannot be deleted stays. */
    static void delete(Path folder) {
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path visited, @Nullable IOException error) throws IOException {
                            Files.delete(visited);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException _) {
            // It is private and does no harm.
        }
    }
}
