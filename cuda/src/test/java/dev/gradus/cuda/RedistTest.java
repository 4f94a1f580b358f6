package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The jar with NVIDIA's libraries, with texts in their place. */
@EnabledOnOs(OS.LINUX)
class RedistTest {
    private static final List<String> NEEDED =
            List.of(
                    "libcublas.so.12",
                    "libcublasLt.so.12",
                    "libnvrtc-builtins.so.12.6",
                    "libnvrtc.so.12");

    @TempDir Path folder;
    private Path jar = Path.of("");

    @BeforeEach
    void makeJar() throws IOException {
        System.setProperty("gradus.cache", folder.resolve("cache").toString());
        jar = folder.resolve("cuda-redist.jar");
        try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.setMethod(ZipOutputStream.STORED);
            for (String name : NEEDED) {
                put(out, name);
            }
            put(out, "libcufft.so.11");
        }
    }

    @AfterEach
    void forgetTheCache() {
        System.clearProperty("gradus.cache");
    }

    private static void put(ZipOutputStream out, String name) throws IOException {
        byte[] bytes = ("this is " + name).getBytes(StandardCharsets.UTF_8);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        ZipEntry entry = new ZipEntry("org/bytedeco/cuda/linux-x86_64/" + name);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        out.putNextEntry(entry);
        out.write(bytes);
    }

    private Optional<Place> find() throws IOException {
        try (var loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            return Redist.onClassPath(loader);
        }
    }

    private static List<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsNeededIsUnpackedForTheOwnerAlone() throws IOException {
        Place place = find().orElseThrow();
        assertEquals("unpacked from cuda-redist.jar", place.origin());
        assertEquals(folder.resolve("cache/cuda-libraries"), place.folder().getParent());
        assertEquals(NEEDED, names(place.folder()));
        for (String name : NEEDED) {
            Path file = place.folder().resolve(name);
            assertEquals("this is " + name, Files.readString(file));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertEquals(1, names(folder.resolve("cache/cuda-libraries")).size());
    }

    @Test
    void itHappensOnceAndIsFoundWithoutTheJar() throws IOException {
        Path unpacked = find().orElseThrow().folder();
        Object before = Files.getAttribute(unpacked, "unix:ino");
        assertEquals(unpacked, find().orElseThrow().folder());
        assertEquals(before, Files.getAttribute(unpacked, "unix:ino"));
        assertEquals(List.of(new Place(unpacked, "unpacked earlier")), Redist.unpackedEarlier());
    }

    @Test
    void anIncompleteFolderIsMadeAgain() throws IOException {
        Path unpacked = find().orElseThrow().folder();
        Files.writeString(unpacked.resolve("libnvrtc.so.12"), "this");
        assertEquals("this is libnvrtc.so.12", readNvrtc());
        Files.delete(unpacked.resolve("libnvrtc.so.12"));
        assertEquals("this is libnvrtc.so.12", readNvrtc());
        Files.writeString(unpacked.resolve("libnvrtc.so.12"), "that is libnvrtc.so.12");
        Files.setPosixFilePermissions(
                unpacked.resolve("libnvrtc.so.12"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals("this is libnvrtc.so.12", readNvrtc());
    }

    private String readNvrtc() throws IOException {
        return Files.readString(find().orElseThrow().folder().resolve("libnvrtc.so.12"));
    }

    @Test
    void aDamagedJarIsNamedAndLeavesNothing() throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("this is libcublasLt")] = 'T';
        Files.write(jar, bytes);
        var error = assertThrows(IOException.class, this::find);
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(jar + " is damaged at "), message);
        assertTrue(message.contains("libcublasLt.so.12; delete it and let Maven"), message);
        assertEquals(List.of(), names(folder.resolve("cache/cuda-libraries")));
    }

    @Test
    void anUntrustedCacheIsNotUsed() throws IOException {
        find();
        Files.setPosixFilePermissions(
                folder.resolve("cache"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(List.of(), Redist.unpackedEarlier());
        assertThrows(IOException.class, this::find);
    }

    @Test
    void withoutTheJarThereIsNothing() throws IOException {
        assertTrue(Redist.onClassPath(ClassLoader.getPlatformClassLoader()).isEmpty());
        assertFalse(Files.exists(folder.resolve("cache")));
        assertEquals(List.of(), Redist.unpackedEarlier());
    }

    @Test
    void aFolderOnTheClassPathNeedsNoUnpacking() throws IOException {
        Path lib = Files.createDirectories(folder.resolve("org/bytedeco/cuda/linux-x86_64"));
        Files.createFile(lib.resolve("libnvrtc.so.12"));
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertEquals(Optional.of(new Place(lib, "the class path")), Redist.onClassPath(loader));
        }
        assertFalse(Files.exists(folder.resolve("cache")));
    }

    @Test
    void theAdviceNamesTheVersionOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        String version = Redist.COORDINATES.split(":", -1)[2];
        assertTrue(
                pom.contains("<cuda.libraries.version>" + version + "</cuda.libraries.version>"),
                version);
        assertTrue(pom.contains("<jcuda.version>" + JCudaNatives.VERSION + "</jcuda.version>"));
        assertTrue(Files.readString(Path.of("..", "README.md")).contains(version));
    }
}
