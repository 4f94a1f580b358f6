package dev.gradus.cuda;

import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * JCuda's own native libraries. When one of its classes is first touched, JCuda looks for its
 * native in {@code java.library.path}, else copies it out of a jar into {@code java.io.tmpdir}
 * under a fixed name, and loads whatever has that name already: where the folder is shared, as
 * {@code /tmp} is, that may be anybody's file. So all three classes are touched here, once, while
 * {@code java.io.tmpdir} is a fresh folder that only the user may enter and in which the natives
 * lie already; no class of JCuda with a native of its own may be used besides these three. (The JDK
 * reads that property when it starts, so its own temporary files do not notice.)
 */
final class JCudaNatives {
    static final String VERSION = "12.6.0";

    /** The classes with natives that the backend uses. */
    static final List<String> NAMES = List.of("JCudaDriver", "JNvrtc", "JCublas2");

    private static final Pattern NOT_OPENED =
            Pattern.compile("(lib[\\w+-]+\\.so[.\\d]*): cannot open shared object file");

    private static final Pattern OF_NVIDIA =
            Pattern.compile("lib(cuda|nvrtc|cublas|cublasLt)\\.so[.\\d]*");

    private static final String TMPDIR = "java.io.tmpdir";

    private final Map<String, LinkageError> failures = new HashMap<>();
    private final Map<String, URL> resources = new HashMap<>();

    /** The file name of the native of one of JCuda's classes. */
    static String file(String name) {
        return "lib" + name + "-" + VERSION + "-linux-x86_64.so";
    }

    /**
     * Touches JCuda's three classes.
     *
     * @throws IOException if there is no private folder to be had; then nothing was touched
     */
    void load() throws IOException {
        synchronized (JCudaNatives.class) {
            String shared = System.getProperty(TMPDIR);
            Path folder = PrivateFolder.fresh(Path.of(shared), "gradus-jcuda-");
            try {
                for (String name : NAMES) {
                    unpack(name, folder);
                }
                System.setProperty(TMPDIR, folder.toString());
                touch("JNvrtc", () -> JNvrtc.setExceptionsEnabled(false));
                touch("JCublas2", () -> JCublas2.setExceptionsEnabled(false));
                touch("JCudaDriver", () -> JCudaDriver.setExceptionsEnabled(false));
            } finally {
                System.setProperty(TMPDIR, shared);
                // A loaded library stays loaded when its file is gone.
                PrivateFolder.delete(folder);
            }
        }
    }

    private void unpack(String name, Path folder) throws IOException {
        URL resource = JCudaNatives.class.getClassLoader().getResource("lib/" + file(name));
        if (resource == null) {
            return; // it may be in java.library.path
        }
        resources.put(name, resource);
        try (InputStream in = resource.openStream();
                OutputStream out =
                        Files.newOutputStream(
                                folder.resolve(file(name)), StandardOpenOption.CREATE_NEW)) {
            in.transferTo(out);
        }
    }

    private void touch(String name, Runnable use) {
        try {
            use.run();
        } catch (LinkageError e) {
            failures.put(name, e);
        }
    }

    /** JCuda itself: whether its classes and natives are there and may be loaded. */
    Component component() {
        for (String name : NAMES) {
            if (works(name)) {
                continue;
            }
            String failure = failure(name);
            if (failures.get(name) instanceof NoClassDefFoundError) {
                return Component.fails("JCuda", "its class is missing: " + failure, Advice.JCUDA);
            }
            if (!isPresent(name)) {
                return Component.fails(
                        "JCuda",
                        "its native library "
                                + file(name)
                                + " is neither on the class path nor in java.library.path",
                        Advice.NATIVES);
            }
            if (failure.contains("failed to map segment")) {
                return Component.fails(
                        "JCuda",
                        System.getProperty(TMPDIR)
                                + ", where its native libraries are unpacked, is on a file system"
                                + " from which nothing may be executed",
                        Advice.TEMPORARY);
            }
            String missing = missing(name);
            if (missing.isEmpty() || !OF_NVIDIA.matcher(missing).matches()) {
                return Component.fails(
                        "JCuda",
                        "its class " + name + " cannot be used: " + failure,
                        missing.isEmpty() ? Advice.JCUDA : "install the package with " + missing);
            }
            // Else one of NVIDIA's libraries is missing, and that is said where they are listed.
        }
        return Component.works("JCuda", VERSION + ", natives from " + origin(NAMES.getFirst()));
    }

    /** Whether there is a native for the class at all, on the class path or loaded. */
    boolean isPresent(String name) {
        return works(name) || resources.containsKey(name) || inLibraryPath(name);
    }

    private static boolean inLibraryPath(String name) {
        return Stream.of(System.getProperty("java.library.path", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.exists(Path.of(folder, file(name))));
    }

    /** Where the class's native came from. */
    String origin(String name) {
        // What was unpacked has been deleted and has no file any more.
        return Loaded.file(file(name))
                .map(Path::toString)
                .orElseGet(() -> {
                    String[] parts = String.valueOf(resources.get(name)).split("!", -1);
                    return "the class path, " + parts[0].replaceAll(".*/", "");
                });
    }

    /** Whether the class can be used. */
    boolean works(String name) {
        return !failures.containsKey(name);
    }

    /** Why it cannot: the dynamic loader's words, out of the pages that JCuda puts around them. */
    String failure(String name) {
        LinkageError failure = failures.get(name);
        if (failure == null) {
            return "";
        }
        String start = "UnsatisfiedLinkError: ";
        String message = String.valueOf(failure.getMessage());
        return message.lines()
                .filter(line -> line.contains(start))
                .map(line -> line.substring(line.indexOf(start) + start.length()).strip())
                .reduce(message.lines().findFirst().orElse(""), (_, last) -> last);
    }

    /**
     * The library without which the class's native could not be loaded; empty if that is not it.
     */
    String missing(String name) {
        Matcher notOpened = NOT_OPENED.matcher(failure(name));
        return notOpened.find() ? notOpened.group(1) : "";
    }
}
