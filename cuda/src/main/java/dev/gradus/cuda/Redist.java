package dev.gradus.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * NVIDIA's own libraries out of a jar on the class path: {@code org.bytedeco:cuda}, classifier
 * {@code linux-x86_64-redist}. They are unpacked once, into a private folder of the user's cache
 * whose name comes from the contents, and found there again also without the jar.
 */
final class Redist {
    static final String COORDINATES = "org.bytedeco:cuda:12.6-9.5-1.5.11:linux-x86_64-redist";

    private static final String IN_JAR = "org/bytedeco/cuda/linux-x86_64/";
    private static final Pattern NEEDED =
            Pattern.compile("lib(nvrtc|nvrtc-builtins|cublas|cublasLt)\\.so\\.12[.\\d]*");
    private static final String IN_CACHE = "cuda-libraries";

    private Redist() {}

    /**
     * The folder with the libraries of the jar, unpacked if need be.
     *
     * @throws IOException if the jar is there but cannot be unpacked
     */
    static Optional<Place> onClassPath(ClassLoader loader) throws IOException {
        URL library = loader.getResource(IN_JAR + Libraries.NVRTC);
        if (library == null) {
            return Optional.empty();
        }
        if (library.getProtocol().equals("file")) {
            Path folder = Path.of(uri(library)).toAbsolutePath().getParent();
            return Optional.ofNullable(folder).map(f -> new Place(f, "the class path"));
        }
        if (!(library.openConnection() instanceof JarURLConnection connection)) {
            return Optional.empty();
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            String origin = "unpacked from " + Path.of(jar.getName()).getFileName();
            return Optional.of(new Place(unpacked(jar), origin));
        }
    }

    /** What earlier processes have unpacked. */
    static List<Place> unpackedEarlier() {
        Path root = PrivateFolder.cacheRoot().resolve(IN_CACHE);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(PrivateFolder.cache(IN_CACHE))) {
            return folders.filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .sorted(Comparator.reverseOrder())
                    .map(folder -> new Place(folder, "unpacked earlier"))
                    .toList();
        } catch (IOException _) {
            return List.of(); // not private: not trusted
        }
    }

    private static Path unpacked(JarFile jar) throws IOException {
        List<JarEntry> entries =
                jar.stream()
                        .filter(e -> e.getName().startsWith(IN_JAR))
                        .filter(e -> NEEDED.matcher(fileName(e)).matches())
                        .sorted(Comparator.comparing(JarEntry::getName))
                        .toList();
        Path parent = PrivateFolder.cache(IN_CACHE);
        Path folder = parent.resolve(key(entries));
        if (isComplete(folder, entries)) {
            return folder;
        }
        long bytes = entries.stream().mapToLong(JarEntry::getSize).sum();
        Messages.tell(
                "Gradus unpacks CUDA's libraries ("
                        + (bytes >> 20)
                        + " MiB) into "
                        + folder
                        + ", which happens once");
        // Under another name first: a folder of the right name is always complete.
        Path fresh = PrivateFolder.fresh(parent, ".new-");
        try {
            for (JarEntry entry : entries) {
                copy(jar, entry, fresh.resolve(fileName(entry)));
            }
            PrivateFolder.delete(folder); // only if it is incomplete, say by a hand's deleting
            moveInto(fresh, folder, entries);
        } finally {
            PrivateFolder.delete(fresh);
        }
        return folder;
    }

    private static void moveInto(Path fresh, Path folder, List<JarEntry> entries)
            throws IOException {
        try {
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process may have been faster.
            if (!isComplete(folder, entries)) {
                throw e;
            }
        }
    }

    /**
     * Whether the folder is private and has every file in its full length. Contents were checked
     * when they were unpacked, and nobody else can have changed them: reading 600 MB again at every
     * start would only cost time.
     */
    private static boolean isComplete(Path folder, List<JarEntry> entries) throws IOException {
        if (!Files.isDirectory(folder) || !PrivateFolder.notPrivateBecause(folder).isEmpty()) {
            return false;
        }
        for (JarEntry entry : entries) {
            Path file = folder.resolve(fileName(entry));
            if (!Files.isRegularFile(file)
                    || Files.size(file) != entry.getSize()
                    || !PrivateFolder.notPrivateBecause(file).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static void copy(JarFile jar, JarEntry entry, Path file) throws IOException {
        CRC32 sum = new CRC32();
        byte[] part = new byte[1 << 16];
        try (InputStream in = jar.getInputStream(entry);
                FileChannel out =
                        FileChannel.open(
                                file,
                                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                PrivateFolder.OWNER_ONLY_FILE)) {
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                sum.update(part, 0, read);
                ByteBuffer buffer = ByteBuffer.wrap(part, 0, read);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
            // So that the name, which promises the contents, never outlives a crash without them.
            out.force(true);
        }
        if (sum.getValue() != entry.getCrc()) {
            throw new IOException(
                    jar.getName()
                            + " is damaged at "
                            + entry.getName()
                            + "; delete it and let Maven fetch it again");
        }
    }

    /** A name for the contents: from the names, sizes and check sums in the jar's directory. */
    private static String key(List<JarEntry> entries) {
        CRC32 key = new CRC32();
        for (JarEntry e : entries) {
            String line = e.getName() + ' ' + e.getSize() + ' ' + e.getCrc() + '\n';
            key.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return String.format("12-%08x", key.getValue());
    }

    private static String fileName(JarEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    private static URI uri(URL url) throws IOException {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IOException("the class path names " + url, e);
        }
    }
}
