package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Parameter;
import dev.gradus.backend.Backends;
import dev.gradus.optim.Adam;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a training step costs, counted and not timed: launches, products, bytes between host and
 * device, waits. A step with an optimizer, clipping by the common norm, dropout (of the GPT) and a
 * schedule.
 */
class StepCostTest {
    /**
     * One training.
     *
     * @param uploaded bytes of a minibatch, which is two arrays
     * @param launches at most so many kernels
     * @param products at most so many calls of cuBLAS
     */
    record Case(
            String name,
            Training.Model model,
            Function<List<Parameter>, Optimizer> optimizer,
            long uploaded,
            long launches,
            long products) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> cases() {
        Function<List<Parameter>, Optimizer> adam = p -> new Adam(p, 1e-3);
        Function<List<Parameter>, Optimizer> adamW = p -> new AdamW(p, 1e-3, 0.01);
        // The GPT of the benchmarks has 4 layers, which takes the emulator half a minute: so here
        // it
        // is once with all its layers and once with its sizes.
        var flat = new Models.Transformer(65, 8, 32, 4, 4, 2, 0.1, true);
        var oneLayer = new Models.Transformer(65, 64, 128, 4, 1, 12, 0.1, true);
        return Stream.of(
                        new Case("XOR", new Models.Xor(), adam, 48, 21, 5),
                        new Case("MLP", new Models.Mlp(), adam, 64 * 785 * 4, 31, 8),
                        new Case("GPT, 1 layer", oneLayer, adamW, 2 * 12 * 64 * 4, 106, 21),
                        new Case("GPT, small", flat, adamW, 2 * 2 * 8 * 4, 275, 75))
                .map(Arguments::of);
    }

    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.schedule(Emulator.Schedule.FORWARD);
    }

    @AfterEach
    void forget() {
        Backends.use("cpu");
        if (Emulator.present()) {
            TestDevice.assertClean((CudaBackend) Backends.get("cuda"));
        }
    }

    /** Lets the collector take back the minibatches of earlier steps, which nobody releases. */
    private static void settle(CudaBackend cuda) {
        for (int i = 0; i < 3; i++) {
            System.gc();
            cuda.device().memory().drain();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aStep(Case c) {
        CudaBackend cuda = (CudaBackend) Backends.use("cuda");
        Training training = new Training(cuda, c.model, c.optimizer).clippedTo(1);
        training.steps(2);
        settle(cuda);
        long live = cuda.device().memory().liveBytes();
        int sources = cuda.device().kernels().sources();
        Emulator.reset();
        Emulator.schedule(Emulator.Schedule.FORWARD);
        training.step();
        Emulator.Counters counted = Emulator.counters();
        Map<String, Long> kernels = Emulator.launchesByKernel();
        long kept = cuda.device().memory().liveBytes() - live;
        System.out.printf(
                "%-12s %4d launches, %3d products, %6d bytes to the device, %d to the host, %d"
                        + " wait, %d bytes for the collector; %s%n",
                c.name,
                counted.launches(),
                counted.blasCalls(),
                counted.toDeviceBytes(),
                counted.toHostBytes(),
                counted.streamSynchronizations() + counted.contextSynchronizations(),
                kept,
                kernels);
        assertEquals(c.uploaded, counted.toDeviceBytes(), "only the minibatch goes to the device");
        assertEquals(2, counted.toDevice());
        assertEquals(4, counted.toHostBytes(), "only the loss comes back");
        assertEquals(1, counted.toHost());
        assertEquals(1, counted.streamSynchronizations(), "one wait, for the loss");
        assertEquals(0, counted.contextSynchronizations());
        assertEquals(0, counted.allocations(), "memory is used again");
        assertEquals(0, counted.frees());
        assertTrue(kept <= 2 * c.uploaded + 4096, kept + " bytes are left to the collector");
        assertEquals(sources, cuda.device().kernels().sources(), "nothing is compiled");
        assertTrue(counted.launches() <= c.launches, counted.launches() + " launches");
        assertTrue(counted.blasCalls() <= c.products, counted.blasCalls() + " products");
        Emulator.assertNoFindings();
    }
}
