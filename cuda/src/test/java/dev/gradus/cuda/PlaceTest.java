package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

@DisabledOnOs(OS.WINDOWS)
class PlaceTest {
    @TempDir Path root;

    private void folders(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(root.resolve(name));
        }
    }

    /** The usual places as texts, without the folder that stands for /. */
    private List<String> usual(Map<String, String> environment) {
        return Place.usual(environment, root).stream()
                .map(place -> place.toString().replace(root + "/", ""))
                .toList();
    }

    @Test
    void theFirstChoiceComesFirst() throws IOException {
        folders(
                "usr/local/cuda-12.10/lib64",
                "usr/local/cuda-12.4/targets/x86_64-linux/lib",
                "usr/local/cuda-13/lib64",
                "usr/local/cuda/lib64",
                "usr/local/cuda-samples/lib64",
                "opt/cuda/lib64",
                "usr/lib/x86_64-linux-gnu",
                "home/lib64",
                "home/lib",
                "path/lib64",
                "ld");
        assertEquals(
                List.of(
                        "home/lib64 (CUDA_HOME)",
                        "home/lib (CUDA_HOME)",
                        "path/lib64 (CUDA_PATH)",
                        "ld (LD_LIBRARY_PATH)",
                        "usr/local/cuda/lib64 (the usual folder)",
                        "usr/local/cuda-13/lib64 (the usual folder)",
                        "usr/local/cuda-12.10/lib64 (the usual folder)",
                        "usr/local/cuda-12.4/targets/x86_64-linux/lib (the usual folder)",
                        "opt/cuda/lib64 (the usual folder)",
                        "usr/lib/x86_64-linux-gnu (the usual folder)"),
                usual(
                        Map.of(
                                "CUDA_HOME",
                                root.resolve("home").toString(),
                                "CUDA_PATH",
                                root.resolve("path").toString(),
                                "LD_LIBRARY_PATH",
                                root.resolve("gone") + "::" + root.resolve("ld"))));
    }

    @Test
    void anEmptyEntryIsNotTheCurrentFolder() {
        assertTrue(usual(Map.of("LD_LIBRARY_PATH", ":", "CUDA_HOME", "")).isEmpty());
    }

    @Test
    void driversHavePlacesOfTheirOwn() throws IOException {
        folders("usr/lib/wsl/lib", "run/opengl-driver/lib");
        assertEquals(
                List.of(root.resolve("usr/lib/wsl/lib"), root.resolve("run/opengl-driver/lib")),
                Place.ofDrivers(root).stream().map(Place::folder).toList());
    }
}
