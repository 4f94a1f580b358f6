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
     * @param uploads how many arrays a minibatch is
     * @param uploaded their bytes
     * @param launches at most so many kernels
     * @param products at most so many calls of cuBLAS
     */
    private record Case(
            String name,
            Training.Model model,
            Function<List<Parameter>, Optimizer> optimizer,
            long uploads,
            long uploaded,
            long launches,
            long products) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** The GPT of the benchmarks with fewer layers and dropout. */
    private static Training.Model gpt(int layers) {
        return new Models.Transformer(65, 64, 128, 4, layers, 12, 0.1, true);
    }

    static Stream<Arguments> cases() {
        Function<List<Parameter>, Optimizer> adam = p -> new Adam(p, 1e-3);
        Function<List<Parameter>, Optimizer> adamW = p -> new AdamW(p, 1e-3, 0.01);
        return Stream.of(
                        new Case("XOR 2-8-1", new Models.Xor(), adam, 2, 48, 999, 99),
                        new Case(
                                "MLP 784-256-128-10",
                                new Models.Mlp(),
                                adam,
                                2,
                                64 * 785 * 4,
                                999,
                                99),
                        new Case("GPT, 1 layer", gpt(1), adamW, 2, 2 * 12 * 64 * 4, 999, 99),
                        new Case("GPT, 2 layers", gpt(2), adamW, 2, 2 * 12 * 64 * 4, 999, 99))
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
            Emulator.reset();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aStep(Case c) {
        CudaBackend cuda = (CudaBackend) Backends.use("cuda");
        Training training = new Training(cuda, c.model, c.optimizer).clippedTo(1);
        training.steps(2);
        long live = cuda.device().memory().liveBytes();
        training.step();
        long kept = cuda.device().memory().liveBytes() - live;
        int sources = cuda.device().kernels().sources();
        Emulator.reset();
        Emulator.schedule(Emulator.Schedule.FORWARD);
        training.step();
        Emulator.Counters counted = Emulator.counters();
        Map<String, Long> kernels = Emulator.launchesByKernel();
        System.out.println("kept " + kept);
        System.out.printf(
                "%-20s %4d launches, %3d products, %7d bytes to the device in %d copies, %d bytes"
                        + " to the host in %d, %d waits; %s%n",
                c.name,
                counted.launches(),
                counted.blasCalls(),
                counted.toDeviceBytes(),
                counted.toDevice(),
                counted.toHostBytes(),
                counted.toHost(),
                counted.streamSynchronizations() + counted.contextSynchronizations(),
                kernels);
        assertEquals(c.uploaded, counted.toDeviceBytes(), "only the minibatch goes to the device");
        assertEquals(c.uploads, counted.toDevice());
        assertEquals(4, counted.toHostBytes(), "only the loss comes back");
        assertEquals(1, counted.toHost());
        assertEquals(1, counted.streamSynchronizations(), "one wait, for the loss");
        assertEquals(0, counted.contextSynchronizations());
        assertEquals(0, counted.allocations(), "memory is used again");
        assertEquals(0, counted.frees());
        assertEquals(sources, cuda.device().kernels().sources(), "nothing is compiled");
        assertTrue(counted.launches() <= c.launches, counted.launches() + " launches");
        assertTrue(counted.blasCalls() <= c.products, counted.blasCalls() + " products");
        Emulator.assertNoFindings();
    }
}
