package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.optim.Adagrad;
import dev.gradus.optim.Adam;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.RmsProp;
import dev.gradus.optim.Sgd;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Networks train on the emulated device as on the CPU, from the same seeds. */
class TrainingTest {
    private static final int STEPS = 20;
    private static final double RATE = 0.01;

    private static final Map<String, Function<List<Parameter>, Optimizer>> OPTIMIZERS =
            new LinkedHashMap<>();

    static {
        OPTIMIZERS.put("sgd", p -> new Sgd(p, RATE / 10, 0, 0.01));
        OPTIMIZERS.put("momentum", p -> new Sgd(p, RATE / 10, 0.9));
        OPTIMIZERS.put("dampened", p -> new Sgd(p, RATE / 10, 0.9, 0.01, 0.5));
        OPTIMIZERS.put("nesterov", p -> Sgd.nesterov(p, RATE / 10, 0.9));
        OPTIMIZERS.put("average", p -> Sgd.exponentialAverage(p, RATE / 10, 0.9));
        OPTIMIZERS.put("rmsprop", p -> new RmsProp(p, RATE));
        OPTIMIZERS.put("rmsprop, centred", p -> new RmsProp(p, RATE, 0.9, 1e-8, 0, true, 0));
        OPTIMIZERS.put("rmsprop, all", p -> new RmsProp(p, RATE, 0.9, 1e-8, 0.5, true, 0.01));
        OPTIMIZERS.put("adagrad", p -> new Adagrad(p, 0.1, 0.01, 0.1, 1e-10, 0.01));
        OPTIMIZERS.put("adam", p -> new Adam(p, RATE));
        OPTIMIZERS.put("adam, decay", p -> new Adam(p, RATE, 0.9, 0.99, 1e-8, 0.01));
        OPTIMIZERS.put("adamw", p -> new AdamW(p, RATE, 0.01));
    }

    private static final @Nullable CudaBackend[] BACKENDS = new CudaBackend[2];

    private static CudaBackend cuda(boolean caching) {
        int at = caching ? 1 : 0;
        CudaBackend backend = BACKENDS[at];
        if (backend == null) {
            backend = CudaBackend.create(caching);
            BACKENDS[at] = backend;
        }
        return backend;
    }

    @BeforeEach
    void start() {
        TestDevice.prepare();
    }

    @AfterEach
    void nothingWasWrong() {
        Backends.use("cpu");
        TestDevice.assertNoFindings();
    }

    @AfterAll
    static void nothingIsLeft() {
        if (Emulator.present()) {
            TestDevice.assertClean(BACKENDS[0]);
            TestDevice.assertClean(BACKENDS[1]);
            TestDevice.assertClean((CudaBackend) Backends.get("cuda"));
        }
    }

    private static Function<List<Parameter>, Optimizer> optimizer(String name) {
        return java.util.Objects.requireNonNull(OPTIMIZERS.get(name), name);
    }

    private record Case(
            Training.Model model, String optimizer, double clip, boolean caching, double within) {
        Training on(Backend backend) {
            return new Training(backend, model, TrainingTest.optimizer(optimizer)).clippedTo(clip);
        }

        void check() {
            double[] expected = on(Backends.get("cpu")).steps(STEPS);
            double[] found = on(cuda(caching)).steps(STEPS);
            assertNear(expected, found, within);
            double last = expected[STEPS - 1];
            assertTrue(last < expected[0] || model instanceof Models.Transformer, "learns");
            TestDevice.assertNoFindings();
        }

        @Override
        public String toString() {
            return model.getClass().getSimpleName()
                    + ", "
                    + optimizer
                    + (caching ? ", caching" : "");
        }
    }

    private static void assertNear(double[] expected, double[] found, double within) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], within * Math.abs(expected[i]), "step " + i);
        }
    }

    @TestFactory
    Stream<DynamicTest> lossesAreTheCpus() {
        List<Case> cases = new ArrayList<>();
        double none = Double.POSITIVE_INFINITY;
        for (boolean caching : new boolean[] {false, true}) {
            for (String name : OPTIMIZERS.keySet()) {
                // In double the paths stay together to the last digits.
                cases.add(new Case(new Models.Rosenbrock(), name, none, caching, 1e-9));
            }
            cases.add(new Case(new Models.Xor(), "adam", 0.1, caching, 1e-4));
            cases.add(new Case(new Models.Xor(), "momentum", none, caching, 1e-4));
            cases.add(new Case(new Models.Regularised(), "adamw", none, caching, 1e-4));
            cases.add(new Case(Models.Transformer.reversing(0), "adamw", none, caching, 1e-4));
            cases.add(new Case(Models.Transformer.reversing(0.2), "adam", 0.5, caching, 1e-4));
        }
        return cases.stream().map(c -> dynamicTest(c.toString(), c::check));
    }

    @Test
    void aProgramThatUsesCudaThroughout() {
        Training.Model model = Models.Transformer.reversing(0.1);
        double[] expected = new Training(Backends.use("cpu"), model, optimizer("adam")).steps(5);
        Backend cuda = Backends.use("cuda");
        assertInstanceOf(CudaBackend.class, cuda);
        double[] found = new Training(cuda, model, optimizer("adam")).steps(5);
        assertNear(expected, found, 1e-4);
    }

    @Test
    void aTrainingThatMovesGoesOn() {
        Training stays = new Training(Backends.use("cpu"), new Models.Xor(), optimizer("adam"));
        double[] expected = stays.steps(6);
        Training moves = new Training(Backends.get("cpu"), new Models.Xor(), optimizer("adam"));
        moves.steps(3);
        moves.to(cuda(true));
        double[] found = moves.steps(3);
        assertNear(java.util.Arrays.copyOfRange(expected, 3, 6), found, 1e-5);
        moves.net().to("cpu");
        for (Slot slot : moves.net().slots().values()) {
            assertEquals("cpu", slot.value().backend().name());
        }
    }
}
