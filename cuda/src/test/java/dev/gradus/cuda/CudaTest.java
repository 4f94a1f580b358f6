package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.BackendProvider;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.ServiceLoader;

/** Texts and small rules; what is found in which case is in {@link CudaProbeTest}. */
class CudaTest {
    private static CudaStatus status(Component... components) {
        return CudaStatus.of(List.of(components));
    }

    @Test
    void oneLineHasAllReasonsAndEachFixOnce() {
        var status =
                status(
                        Component.works("A", "at /a"),
                        Component.fails("B", "b is gone", "get b and c"),
                        Component.notLookedAt("D", "b is gone"),
                        Component.fails("C", "c is gone", "get b and c"),
                        Component.fails("E", "e is old", "get a new e"));
        assertEquals(
                "b is gone; c is gone; e is old. To mend it, get b and c; and get a new e.",
                status.unavailableBecause());
    }

    @Test
    void whatWasNotLookedAtNeedsAReason() {
        assertThrows(
                IllegalStateException.class,
                () -> status(Component.works("A", "at /a"), Component.notLookedAt("B", "no")));
    }

    @Test
    void theReportIsATableThatFitsAScreen() {
        assertEquals(
                """
                ok    A              at /a
                FAILS B              b is gone, and with it a lot of other things that we would like to have here
                                     today
                                     Fix: get b
                -     D              not looked at: b is gone
                """,
                Cuda.report(
                                status(
                                        Component.works("A", "at /a"),
                                        Component.fails(
                                                "B",
                                                "b is gone, and with it a lot of other things that"
                                                        + " we would like to have here today",
                                                "get b"),
                                        Component.notLookedAt("D", "b is gone")))
                        .replace(System.lineSeparator(), "\n"));
    }

    @Test
    void theReportAndTheProviderSayTheSame() {
        var provider =
                ServiceLoader.load(BackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(p -> p.name().equals("cuda"))
                        .findFirst()
                        .orElseThrow();
        assertEquals(Cuda.available(), provider.unavailableBecause().isEmpty());
        assertEquals(Cuda.unavailableBecause(), provider.unavailableBecause());
        assertEquals(Cuda.available(), !Cuda.report().contains("FAILS"));
        assertTrue(provider.priority() < 0, "it must be asked for");
    }

    @Test
    void aDeviceIsALine() {
        assertEquals(
                "1: Tiny, compute capability 12.0, 1.5 GiB",
                new CudaDevice(1, "Tiny", 120, 3L << 29).toString());
    }

    @Test
    void aLoadedLibraryIsFoundByItsSoname() {
        if (System.getProperty("os.name").equals("Linux")) {
            assertTrue(Loaded.file("libc.so.6").isPresent() || Loaded.file("libc.so").isPresent());
        }
        assertTrue(Loaded.file("libnobody.so.3").isEmpty());
    }
}
