package dev.gradus.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder where CUDA's libraries may be.
 *
 * @param folder the folder
 * @param origin who named it, such as {@code CUDA_HOME}
 */
record Place(Path folder, String origin) {
    /** The property that names folders, parted like a class path. */
    static final String PROPERTY = "gradus.cuda.libraries";

    /** In a toolkit: lib64 is usual, and where that is no link the libraries lie in targets. */
    private static final List<String> IN_TOOLKIT =
            List.of("lib64", "targets/x86_64-linux/lib", "lib");

    private static final Pattern VERSION = Pattern.compile("\\d+");

    /** Where containers, WSL 2, NixOS and others put the driver's libcuda.so.1. */
    private static final List<String> OF_DRIVERS =
            List.of(
                    "usr/lib/wsl/lib",
                    "usr/local/nvidia/lib64",
                    "run/opengl-driver/lib",
                    "usr/lib64-nvidia",
                    "usr/lib/x86_64-linux-gnu/nvidia/current");

    /** The folders that the user named with {@code -Dgradus.cuda.libraries}. */
    static List<Place> named() {
        return folders(System.getProperty(PROPERTY, ""), "-D" + PROPERTY);
    }

    /**
     * The usual folders that exist, the first choice first: what the environment names, then
     * toolkits under {@code /usr/local} and {@code /opt}, then the distribution's.
     *
     * @param root {@code /}, or what a test puts in its place
     */
    static List<Place> usual(Map<String, String> environment, Path root) {
        List<Place> places = new ArrayList<>();
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            for (Place toolkit : folders(environment.getOrDefault(variable, ""), variable)) {
                addToolkit(places, toolkit);
            }
        }
        places.addAll(folders(environment.getOrDefault("LD_LIBRARY_PATH", ""), "LD_LIBRARY_PATH"));
        for (Path toolkit : toolkits(root.resolve("usr/local"))) {
            addToolkit(places, new Place(toolkit, "the usual folder"));
        }
        addToolkit(places, new Place(root.resolve("opt/cuda"), "the usual folder"));
        for (String folder : List.of("usr/lib/x86_64-linux-gnu", "usr/lib64")) {
            places.add(new Place(root.resolve(folder), "the usual folder"));
        }
        places.removeIf(place -> !Files.isDirectory(place.folder()));
        return places;
    }

    /** Where else than the dynamic loader looks the driver's library may be. */
    static List<Place> ofDrivers(Path root) {
        return OF_DRIVERS.stream()
                .map(folder -> new Place(root.resolve(folder), "the usual folder"))
                .filter(place -> Files.isDirectory(place.folder()))
                .toList();
    }

    private static List<Place> folders(String path, String origin) {
        // An empty entry would be the current folder, which nobody means.
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isBlank())
                .map(entry -> new Place(Path.of(entry).toAbsolutePath().normalize(), origin))
                .toList();
    }

    private static void addToolkit(List<Place> places, Place toolkit) {
        for (String folder : IN_TOOLKIT) {
            places.add(new Place(toolkit.folder().resolve(folder), toolkit.origin()));
        }
    }

    /**
     * {@code cuda}, which the administrator chose, then {@code cuda-12.6} and others by version.
     */
    private static List<Path> toolkits(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> file.getFileName().toString().matches("cuda(-[\\d.]+)?"))
                    .sorted(Comparator.comparing(Place::version, Comparator.reverseOrder()))
                    .toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /** The version in a folder's name, so padded that texts compare as numbers do. */
    private static String version(Path toolkit) {
        String name = toolkit.getFileName().toString();
        return name.equals("cuda")
                ? "~" // after all digits
                : VERSION.matcher(name)
                        .results()
                        .map(MatchResult::group)
                        .map(number -> "0".repeat(Math.max(0, 6 - number.length())) + number)
                        .collect(Collectors.joining("."));
    }

    @Override
    public String toString() {
        return folder + " (" + origin + ")";
    }
}
