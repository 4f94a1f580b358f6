package dev.gradus.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The user's cache folder: what lies there is loaded as code, so nobody else may write there. */
final class UserCache {
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    private UserCache() {}

    /** {@code $XDG_CACHE_HOME/gradus}, or {@code ~/.cache/gradus}. */
    static Path folder() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path caches =
                base != null && !base.isBlank()
                        ? Path.of(base)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("gradus");
    }

    /**
     * Makes a folder that its owner alone may use; where it exists already, it must be such a one.
     *
     * @throws IOException if it can't be made, or others may write into it
     */
    static void makePrivate(Path folder) throws IOException {
        if (!Files.getFileStore(existing(folder)).supportsFileAttributeView("posix")) {
            Files.createDirectories(folder);
            return;
        }
        FileAttribute<?> attribute = PosixFilePermissions.asFileAttribute(PRIVATE);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, attribute);
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    "others may write into " + folder + "; chmod go-w makes it private");
        }
    }

    private static Path existing(Path path) {
        Path p = path.toAbsolutePath();
        while (!Files.exists(p) && p.getParent() != null) {
            p = p.getParent();
        }
        return p;
    }
}
