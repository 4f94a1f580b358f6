package dev.gradus.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

class WorkloadsTest {
    static Stream<Named<Workload>> workloads() {
        return Workloads.all().stream().map(workload -> Named.of(workload.name(), workload));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void runs(Workload workload) {
        workload.start().get().run();
    }

    @Test
    void figuresAreInTheirUnits() {
        assertEquals(
                2.0 * 64 * 784 * 256 / 100 / 1e3,
                Workloads.named("gemm_64x784x256").figure(100),
                1e-9);
        assertEquals(
                2.0 * 32 * 128 * 32 * 128 / 1e6,
                Workloads.named("bmm_32x128x32x128").figure(1e3),
                1e-9);
        assertEquals(100, Workloads.named("exp_1e6").figure(100));
        assertEquals(0.1, Workloads.named("W5_gpt").figure(100));
    }

    /** A training, how many steps of it, and what its loss is below then. */
    record Course(Supplier<Training> start, double first, int steps, double below) {}

    static List<Named<Course>> trainings() {
        // A classifier that knows nothing loses about ln(classes).
        return List.of(
                Named.of("W3_xor", new Course(Training::xor, Math.log(2), 1000, 0.6)),
                Named.of("W4_mlp", new Course(Training::mlp, Math.log(10), 20, 0.1)),
                Named.of("W5_gpt", new Course(Training::gpt, Math.log(65), 5, 3.8)));
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void theLossFalls(Course course) {
        Training training = course.start().get();
        Training.Step first = training.observe();
        assertEquals(course.first(), first.loss(), 0.25 * course.first());
        for (int i = 1; i < course.steps(); i++) {
            training.run();
        }
        Training.Step last = training.observe();
        assertTrue(last.loss() < course.below(), last.toString());
        assertEquals(course.steps() + 1, training.steps());
        assertTrue(last.peakBytes() > 0, last.toString());
    }
}
