package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

@EnabledOnOs(OS.LINUX)
class PrivateFolderTest {
    @TempDir Path folder;

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void assertRefused(Path root, String reason) {
        var error = assertThrows(IOException.class, () -> PrivateFolder.within(root, "libraries"));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(reason), message);
        assertTrue(message.contains("-Dgradus.cache=DIR"), message);
    }

    @Test
    void aFreshFolderIsForItsOwnerAlone() throws IOException {
        Path one = PrivateFolder.fresh(folder, "x-");
        assertEquals("rwx------", permissions(one));
        assertNotEquals(one, PrivateFolder.fresh(folder, "x-"));
    }

    @Test
    void theCacheIsMadeForItsOwnerAlone() throws IOException {
        Path root = folder.resolve("a/b");
        assertEquals(root.resolve("libraries"), PrivateFolder.within(root, "libraries"));
        assertEquals("rwx------", permissions(root));
        assertEquals("rwx------", permissions(root.resolve("libraries")));
        PrivateFolder.within(root, "libraries"); // and is found again
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
    void whatOthersMayWriteToIsNotTrusted(String permissions) throws IOException {
        Path root = Files.createDirectory(folder.resolve("cache"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(permissions));
        assertRefused(root, root + " is writable by other users");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path libraries = Files.createDirectory(root.resolve("libraries"));
        Files.setPosixFilePermissions(libraries, PosixFilePermissions.fromString(permissions));
        assertRefused(root, libraries + " is writable by other users");
    }

    @Test
    void aLinkIsNotTrusted() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path root = Files.createSymbolicLink(folder.resolve("cache"), elsewhere);
        assertRefused(root, root + " is a symbolic link");
    }

    @Test
    void whatBelongsToAnotherUserIsNotTrusted() throws IOException {
        Path root = Files.createDirectory(folder.resolve("cache"));
        try {
            Files.setAttribute(root, "unix:uid", 12345);
        } catch (IOException _) {
            assumeTrue(false, "only root can give a folder away");
        }
        assertRefused(root, root + " belongs to another user");
    }

    @Test
    void deletingAFolderSparesWhatALinkInItLeadsTo() throws IOException {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        Path gone = Files.createDirectories(folder.resolve("gone/deep"));
        Files.createSymbolicLink(gone.resolve("link"), kept);
        PrivateFolder.delete(folder.resolve("gone"));
        assertFalse(Files.exists(folder.resolve("gone")));
        assertTrue(Files.exists(kept));
    }
}
