package dev.gradus.cuda;

import static dev.gradus.cuda.Component.fails;
import static dev.gradus.cuda.Component.works;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Loads NVIDIA's libraries before JCuda asks for them. The dynamic loader satisfies a dependency
 * with a library of that soname which the process has already, so JCuda's natives find what is
 * loaded here wherever it lies, and nobody has to set {@code LD_LIBRARY_PATH}.
 *
 * <p>Looked through are, for each library: the folders that {@code -Dgradus.cuda.libraries} names;
 * a jar of NVIDIA's libraries on the class path; {@code CUDA_HOME}, {@code CUDA_PATH} and {@code
 * LD_LIBRARY_PATH}; the usual folders; what was unpacked earlier; last, wherever the dynamic loader
 * finds it.
 */
final class Libraries {
    static final String DRIVER = "libcuda.so.1";
    static final String NVRTC = "libnvrtc.so.12";
    static final String CUBLAS = "libcublas.so.12";
    private static final Pattern BUILTINS = Pattern.compile("libnvrtc-builtins\\.so\\.12\\.\\d+");

    private final List<Place> named = Place.named();
    private final List<Place> places = new ArrayList<>();
    private final List<Place> driverPlaces;
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    Libraries(Map<String, String> environment, Path root) {
        driverPlaces = Place.ofDrivers(root);
        places.addAll(named);
        try {
            ClassLoader loader = Libraries.class.getClassLoader();
            Redist.onClassPath(loader).ifPresent(places::add);
        } catch (IOException e) {
            String reason = "the jar of CUDA's libraries cannot be unpacked: " + e;
            failures.put(NVRTC, reason);
            failures.put(CUBLAS, reason);
        }
        places.addAll(Place.usual(environment, root));
        places.addAll(Redist.unpackedEarlier());
    }

    /** The folders of {@code -Dgradus.cuda.libraries} that are not there. */
    List<Path> namedInVain() {
        return named.stream()
                .map(Place::folder)
                .filter(folder -> !Files.isDirectory(folder))
                .toList();
    }

    /** Loads what can be found. What cannot be is no error yet: JCuda will say so. */
    void load() {
        // A named folder may have the driver's too; else the system's comes first.
        if (!loadFrom(named, DRIVER) && !loadFromSystem(DRIVER)) {
            loadFrom(driverPlaces, DRIVER);
        }
        // NVRTC opens its builtins by name when it first compiles, and looks in no folder of its
        // own; so they go first. (cuBLAS looks for cublasLt beside itself.)
        for (Place place : places) {
            if (Files.isRegularFile(place.folder().resolve(NVRTC))) {
                loadBuiltins(place.folder());
                if (loadFrom(List.of(place), NVRTC)) {
                    break;
                }
            }
        }
        if (!origins.containsKey(NVRTC) && loadFromSystem(NVRTC)) {
            Loaded.file(NVRTC).map(Path::getParent).ifPresent(this::loadBuiltins);
        }
        if (!loadFrom(places, CUBLAS)) {
            loadFromSystem(CUBLAS);
        }
    }

    /** Where a library was found: its file and who named the folder. */
    String origin(String soname) {
        String file = Loaded.file(soname).map(Path::toString).orElse(soname);
        String origin = origins.get(soname);
        return origin == null ? file : file + " (" + origin + ")";
    }

    /**
     * What became of a library.
     *
     * @param user the class of JCuda that needs it, whose failure says what is missing
     */
    Component component(String name, String soname, String user, JCudaNatives natives) {
        if (natives.works(user) || Loaded.file(soname).isPresent()) {
            return works(name, origin(soname));
        }
        String failure = failure(soname);
        if (!failure.isEmpty()) {
            return fails(name, soname + " cannot be loaded: " + failure, Advice.LIBRARIES);
        }
        String missing = natives.missing(user);
        if (!missing.isEmpty() && !missing.equals(soname)) {
            return fails(
                    name, soname + " needs " + missing + ", which was not found", Advice.LIBRARIES);
        }
        String next = present(soname.replaceFirst("\\.12$", ".13"));
        return fails(
                name,
                next.isEmpty()
                        ? soname + " was not found"
                        : soname
                                + " was not found, only CUDA 13's "
                                + next
                                + ", and JCuda "
                                + JCudaNatives.VERSION
                                + " needs CUDA 12's (both can be installed side by side)",
                Advice.LIBRARIES);
    }

    /** What went wrong with files that are there but could not be loaded; may be empty. */
    String failure(String soname) {
        return failures.getOrDefault(soname, "");
    }

    /** The first file of that name in the folders looked through, loaded or not; may be empty. */
    String present(String name) {
        return places.stream()
                .map(place -> place.folder().resolve(name))
                .filter(Files::exists)
                .map(Path::toString)
                .findFirst()
                .orElse("");
    }

    @SuppressWarnings("restricted") // what this class is for
    private boolean loadFrom(List<Place> from, String soname) {
        for (Place place : from) {
            Path file = place.folder().resolve(soname);
            if (!Files.isRegularFile(file)) {
                continue;
            }
            try {
                System.load(file.toString());
                origins.putIfAbsent(soname, place.origin());
                return true;
            } catch (UnsatisfiedLinkError e) {
                String message = String.valueOf(e.getMessage());
                if (message.contains("already loaded in another classloader")) {
                    origins.putIfAbsent(soname, place.origin());
                    return true; // the soname is there, and that is all we want
                }
                failures.putIfAbsent(soname, message);
            }
        }
        return false;
    }

    /** By name alone, so that the dynamic loader looks where it does for every program. */
    @SuppressWarnings({"restricted", "ReturnValueIgnored"})
    private boolean loadFromSystem(String soname) {
        try {
            SymbolLookup.libraryLookup(soname, Arena.global());
            origins.putIfAbsent(soname, "found by the dynamic loader");
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private void loadBuiltins(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> BUILTINS.matcher(name).matches())
                    .forEach(name -> loadFrom(List.of(new Place(folder, "beside NVRTC")), name));
        } catch (IOException _) {
            // Without them the first compilation says so.
        }
    }
}
