package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gradus.optim.Adam;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several trainings at once on one device: each as if it were alone. */
class SeveralThreadsTest {
    private static final int STEPS = 8;

    private @Nullable CudaBackend backend;

    private static final List<Training.Model> MODELS =
            List.of(
                    new Models.Xor(),
                    new Models.Rosenbrock(),
                    Models.Transformer.reversing(0.2),
                    new Models.Xor(),
                    Models.Transformer.reversing(0));

    private static double[] train(CudaBackend cuda, Training.Model model) {
        Training training = new Training(cuda, model, p -> new Adam(p, 0.01)).clippedTo(1);
        double[] losses = training.steps(STEPS);
        double[] parameters = training.parameters();
        double[] all = java.util.Arrays.copyOf(losses, STEPS + parameters.length);
        System.arraycopy(parameters, 0, all, STEPS, parameters.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBitsAreThoseOfEachAlone(boolean caching) throws Exception {
        TestDevice.prepare();
        CudaBackend cuda = CudaBackend.create(caching);
        backend = cuda;
        List<double[]> alone = new ArrayList<>();
        for (Training.Model model : MODELS) {
            alone.add(train(cuda, model));
        }
        try (var pool = Executors.newFixedThreadPool(MODELS.size())) {
            for (int round = 0; round < 2; round++) {
                var start = new CountDownLatch(1);
                List<Future<double[]>> together = new ArrayList<>();
                for (Training.Model model : MODELS) {
                    Callable<double[]> work =
                            () -> {
                                start.await();
                                return train(cuda, model);
                            };
                    together.add(pool.submit(work));
                }
                start.countDown();
                for (int i = 0; i < together.size(); i++) {
                    assertArrayEquals(
                            alone.get(i), together.get(i).get(), MODELS.get(i).toString());
                }
            }
        }
        TestDevice.assertNoFindings();
    }

    @AfterEach
    void nothingIsLeft() {
        TestDevice.assertClean(backend);
    }
}
