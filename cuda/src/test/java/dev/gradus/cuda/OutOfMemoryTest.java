package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.backend.Buffer;
import dev.gradus.optim.Adam;
import dev.gradus.shape.DType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/**
 * A training step on a device that has no memory left: what can be mended is, else the error says
 * what takes the room, nothing is lost, and the step that is taken again gives its former bits.
 */
class OutOfMemoryTest {
    private static final int STEPS = 3;

    private @Nullable CudaBackend backend;

    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.deferred(true);
    }

    @AfterEach
    void nothingWasWrong() {
        assertNull(Tape.current());
        if (Emulator.present()) {
            TestDevice.assertClean(backend);
        }
    }

    private static Training training(CudaBackend backend, Training.Model model) {
        return new Training(backend, model, p -> new Adam(p, 0.05)).clippedTo(1);
    }

    /** The driver refuses the n-th allocation and gives the next: nobody notices. */
    @Test
    void aRefusalThatPassesIsNotNoticed() {
        CudaBackend cuda = CudaBackend.create(false);
        backend = cuda;
        Training undisturbed = training(cuda, new Models.Xor());
        double first = undisturbed.step();
        long before = Emulator.counters().allocations();
        double second = undisturbed.step();
        long allocations = Emulator.counters().allocations() - before;
        assertTrue(allocations > 20, allocations + " allocations");
        for (int n = 1; n <= allocations; n++) {
            Training training = training(cuda, new Models.Xor());
            assertEquals(first, training.step());
            Emulator.failAllocation(n);
            assertEquals(second, training.step(), "allocation " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatFailedMayBeTakenAgain(boolean caching) throws InterruptedException {
        CudaBackend cuda = CudaBackend.create(caching);
        backend = cuda;
        // Its tensors are large enough for segments of their own.
        Training.Model model = new Models.Mlp();
        Training undisturbed = training(cuda, model);
        double[] expected = undisturbed.steps(STEPS);
        double[] parameters = undisturbed.parameters();

        Training training = training(cuda, model);
        assertEquals(expected[0], training.step());
        List<Buffer> ballast = fill(cuda);
        int failures = 0;
        while (true) {
            long live = settled(cuda);
            try {
                assertEquals(expected[1], training.step());
                break;
            } catch (OutOfDeviceMemoryException e) {
                failures++;
                check(String.valueOf(e.getMessage()));
            }
            assertNull(Tape.current());
            assertEquals(live, settled(cuda), "bytes after failure " + failures);
            assertFalse(ballast.isEmpty());
            List<Buffer> some = ballast.subList(0, Math.min(ballast.size(), 8));
            some.forEach(cuda::release);
            some.clear();
        }
        assertTrue(failures >= 3, failures + " failures");
        ballast.forEach(cuda::release);
        Emulator.memory(1L << 30);
        assertEquals(expected[2], training.step());
        assertArrayEquals(parameters, training.parameters());
    }

    /** Leaves no memory on the device. */
    private static List<Buffer> fill(CudaBackend cuda) {
        Emulator.memory(Emulator.counters().liveBytes() + (3 << 20));
        List<Buffer> ballast = new ArrayList<>();
        try {
            while (true) {
                ballast.add(cuda.allocate(DType.INT32, 1 << 14));
            }
        } catch (OutOfDeviceMemoryException e) {
            return ballast;
        }
    }

    private static void check(String message) {
        assertTrue(message.matches("(?s)cuda: no memory for a tensor of \\d+ elements.*"), message);
        assertTrue(message.contains("are in use"), message);
        assertTrue(message.contains("Largest in use:"), message);
        assertTrue(message.matches("(?s).*\\d+ × +[\\d.]+ [KM]iB = +[\\d.]+ [KM]iB.*"), message);
    }

    /** The live bytes once the collector has found what a failure left behind. */
    private static long settled(CudaBackend cuda) throws InterruptedException {
        long live = cuda.device().memory().liveBytes();
        for (int quiet = 0; quiet < 2; quiet++) {
            System.gc();
            Thread.sleep(10);
            long now = cuda.device().memory().liveBytes();
            quiet = now == live ? quiet : -1;
            live = now;
        }
        return live;
    }
}
