package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Autograd;
import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.nn.TransformerBlock.Norm;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** What a checkpoint of a layer keeps, computes again and writes: long, as each layer is a case. */
class CheckpointTest {
    private static final Tensor X = Waves.of(0.3, 2, 6, 16);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    private static UnaryOperator<Tensor> checkpointed(UnaryOperator<Tensor> f) {
        return x -> Autograd.checkpoint(f, x);
    }

    private static List<TransformerBlock> blocks(int n) {
        List<TransformerBlock> blocks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            var block = new TransformerBlock(16, 2, 32, Norm.PRE, new GELU(), 0.2);
            Waves.fill(block);
            blocks.add(block);
        }
        return blocks;
    }

    /** The loss, its gradients by x and all parameters, and the next random numbers. */
    private static List<double[]> step(Mode mode, List<? extends Layer> layers, boolean saving) {
        return step(
                mode,
                layers.stream().flatMap(l -> l.parameters().stream()).toList(),
                t -> {
                    Tensor y = t;
                    for (Layer layer : layers) {
                        y = saving ? Autograd.checkpoint(layer::apply, y) : layer.apply(y);
                    }
                    return y;
                });
    }

    private static List<double[]> step(
            Mode mode, List<Parameter> parameters, UnaryOperator<Tensor> model) {
        List<double[]> all = new ArrayList<>();
        new Generator(5)
                .with(() -> {
                    try (var tape = Tape.start(mode)) {
                        tape.track(X);
                        Tensor loss = model.apply(X).square().sum();
                        Gradients gradients = tape.gradients(loss);
                        all.add(loss.toArray());
                        all.add(gradients.of(X).flatten().toArray());
                        parameters.forEach(p -> all.add(gradients.of(p).flatten().toArray()));
                        parameters.forEach(p -> assertTrue(gradients.has(p)));
                    }
                    all.add(Tensor.rand(4).toArray());
                });
        return all;
    }

    private static void same(List<double[]> expected, List<double[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "number " + i);
        }
    }

    // ------------------------------------------------------------------ the same bits

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theBitsAreThoseWithoutIt(Mode mode) {
        var blocks = blocks(3);
        List<double[]> plain = step(mode, blocks, false);
        same(plain, step(mode, blocks, true));
        boolean random = !Arrays.equals(plain.get(0), step(Mode.EVAL, blocks, false).get(0));
        assertEquals(mode == Mode.TRAIN, random, "dropout is in the numbers");
    }

    @Test
    void checkpointsInsideCheckpoints() {
        var blocks = blocks(4);
        var parameters = blocks.stream().flatMap(b -> b.parameters().stream()).toList();
        UnaryOperator<Tensor> first =
                x -> Autograd.checkpoint(blocks.get(1)::apply, blocks.get(0).apply(x));
        UnaryOperator<Tensor> second =
                x -> blocks.get(3).apply(Autograd.checkpoint(blocks.get(2)::apply, x));
        UnaryOperator<Tensor> both = x -> second.apply(Autograd.checkpoint(first, x));
        same(
                step(Mode.TRAIN, blocks, false),
                step(Mode.TRAIN, parameters, x -> Autograd.checkpoint(both, x)));
    }

    private static double[] runningMean(Layer norm) {
        return Objects.requireNonNull(norm.slots().get("runningMean")).value().toArray();
    }

    private static List<Layer> normed() {
        List<Layer> layers = List.of(new Linear(16, 16), new BatchNorm(16), new BatchNorm(16));
        layers.forEach(Waves::fill);
        return layers;
    }

    @Test
    void aBatchIsCountedOnce() {
        List<Layer> layers = normed();
        List<Layer> saving = normed();
        same(step(Mode.TRAIN, layers, false), step(Mode.TRAIN, saving, true));
        for (int i = 1; i < 3; i++) {
            assertArrayEquals(runningMean(layers.get(i)), runningMean(saving.get(i)));
        }
        Layer norm = saving.get(1);
        Parameter weight = norm.parameters().getFirst();
        double[] before = runningMean(norm);
        try (var tape = Tape.start()) {
            Tensor loss = Autograd.checkpoint(norm::apply, X).square().sum();
            double[] once = runningMean(norm);
            assertFalse(Arrays.equals(before, once));
            double[] gradient = tape.gradients(loss).of(weight).toArray();
            assertArrayEquals(gradient, tape.gradients(loss).of(weight).toArray());
            assertArrayEquals(once, runningMean(norm));
        }
    }

    /** Each run doubles the gain before it uses it, and then leaves it doubled. */
    @Test
    void aSlotThatTheFunctionReadsAndWrites() {
        var gain = new Slot("gain", Tensor.scalar(3));
        UnaryOperator<Tensor> f =
                x -> {
                    gain.set(gain.value().mul(2));
                    return x.mul(gain.value());
                };
        Tensor x = Tensor.of(1.0, 2);
        try (var tape = Tape.watch(x)) {
            Tensor once = Autograd.checkpoint(f, x);
            Tensor twice = Autograd.checkpoint(checkpointed(f), x);
            assertEquals(12, gain.value().item());
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(new double[] {6, 6}, tape.gradients(once.sum()).of(x).toArray());
                assertEquals(12, gain.value().item());
                assertArrayEquals(
                        new double[] {12, 12}, tape.gradients(twice.sum()).of(x).toArray());
            }
            assertEquals(12, gain.value().item());
        }
    }

    // ------------------------------------------------------------------ what it depends on

    @Test
    void tensorsThatTheFunctionReachesByItself() {
        Tensor x = Tensor.of(1.0, 2);
        Tensor w = Tensor.of(3.0, 4);
        try (var tape = Tape.watch(x, w)) {
            Tensor v = w.square();
            Tensor y = Autograd.checkpoint(t -> t.mul(v).add(x), x);
            Gradients gradients = tape.gradients(y.sum());
            assertArrayEquals(new double[] {10, 17}, gradients.of(x).toArray());
            assertArrayEquals(new double[] {6, 16}, gradients.of(w).toArray());
            Tensor onlyInside = Autograd.checkpoint(t -> v.mul(t), Tensor.of(5.0, 6));
            assertArrayEquals(
                    new double[] {30, 48}, tape.gradients(onlyInside.sum()).of(w).toArray());
        }
    }

    @Test
    void severalArguments() {
        Tensor x = Tensor.of(1.0, 2);
        Tensor table = Waves.of(0.1, 3, 2);
        try (var tape = Tape.watch(x, table)) {
            Tensor y = Autograd.checkpoint(t -> t[0].square().mul(t[1]), x, x);
            assertArrayEquals(new double[] {3, 12}, tape.gradients(y.sum()).of(x).toArray());
            Tensor rows = Autograd.checkpoint(t -> t[0].gather(t[1]), table, Tensor.of(2, 0, 2));
            assertArrayEquals(
                    new double[] {1, 1, 0, 0, 2, 2},
                    tape.gradients(rows.sum()).of(table).flatten().toArray());
        }
    }

    @Test
    void functionsThatDoNearlyNothing() {
        Tensor x = Tensor.of(1.0, 2, 3, 4);
        try (var tape = Tape.watch(x)) {
            Tensor same = Autograd.checkpoint(t -> t, x);
            Tensor view = Autograd.checkpoint(t -> t.reshape(2, 2), x);
            Tensor loss = same.mul(3).sum().add(view.get(0).sum());
            assertArrayEquals(new double[] {4, 4, 3, 3}, tape.gradients(loss).of(x).toArray());
            Tensor constant = Autograd.checkpoint(t -> Tensor.ones(2), x);
            assertFalse(tape.hasSeen(constant));
            assertFalse(tape.hasSeen(Autograd.checkpoint(t -> t.to(DType.INT32), x)));
            Tensor elsewhere = Tensor.of(1.0);
            assertFalse(tape.hasSeen(Autograd.checkpoint(Tensor::exp, elsewhere)));
        }
        assertEquals(Math.E, Autograd.checkpoint(Tensor::exp, Tensor.of(1.0)).item(), 1e-6);
    }

    @Test
    void parametersThatAreFrozenOrUsedForNothing() {
        var used = new Parameter("used", Tensor.of(3.0));
        var frozen = new Parameter("frozen", Tensor.of(5.0));
        var idle = new Parameter("idle", Tensor.of(7.0));
        frozen.freeze();
        Tensor x = Tensor.of(2.0);
        UnaryOperator<Tensor> f =
                t -> {
                    idle.value();
                    return t.mul(used.value()).mul(frozen.value());
                };
        try (var tape = Tape.start()) {
            Gradients gradients = tape.gradients(Autograd.checkpoint(f, x).sum());
            assertEquals(10, gradients.of(used).item());
            assertEquals(0, gradients.of(idle).item());
            assertFalse(gradients.has(idle));
            assertFalse(gradients.has(frozen));
        }
    }

    // ------------------------------------------------------------------ higher derivatives

    @Test
    void secondDerivativesByArgumentsAndParameters() {
        Tensor w = Waves.of(0.4, 3, 3).to(DType.FLOAT64);
        Tensor x = Waves.of(0.2, 2, 3).to(DType.FLOAT64);
        GradCheck.check(
                t -> Autograd.checkpoint(u -> u[0].matmul(u[1]).tanh().matmul(t[1]), t[0], t[1]),
                x,
                w);
        var weight = new Parameter("weight", w);
        UnaryOperator<Tensor> f = t -> t.matmul(weight.value()).tanh().matmul(weight.value());
        List<double[]> results = new ArrayList<>();
        for (UnaryOperator<Tensor> g : List.of(f, checkpointed(f), checkpointed(checkpointed(f)))) {
            try (var tape = Tape.watch(x)) {
                Tensor slope = Gradients.of(t -> g.apply(t).square().sum(), x);
                Gradients second = tape.gradients(slope.square().sum());
                double[] both =
                        Tensor.concat(0, second.of(x), second.of(weight)).flatten().toArray();
                results.add(both);
            }
        }
        assertArrayEquals(results.get(0), results.get(1), 1e-12);
        assertArrayEquals(results.get(0), results.get(2), 1e-12);
    }

    // ------------------------------------------------------------------ memory

    private static long peak(int depth, boolean saving) {
        var blocks = blocks(depth);
        Tensor y = X;
        try (var tape = Tape.start()) {
            for (var block : blocks) {
                y = saving ? Autograd.checkpoint(block::apply, y) : block.apply(y);
            }
            tape.gradients(y.square().sum());
            return tape.peakBytes();
        }
    }

    /** What is not kept: of each further block everything but its input and its gradients. */
    @Test
    void aDeepStackNeedsLessMemory() {
        long shallow = peak(4, true);
        long deep = peak(16, true);
        long deepPlain = peak(16, false);
        long gradients =
                16L
                        * 4
                        * blocks(1).getFirst().parameters().stream()
                                .mapToInt(p -> p.value().size())
                                .sum();
        String numbers = shallow + " " + deep + " " + deepPlain + " " + gradients;
        assertTrue(deep < 0.5 * deepPlain, numbers);
        // a block more costs its result and its gradients
        double each = (deep - shallow) / 12.0 - gradients / 16.0;
        assertEquals(X.size() * 4, each, 0.2 * X.size() * 4, numbers);
    }

    // ------------------------------------------------------------------ what goes wrong

    @Test
    void anErrorInsideClosesWhatWasOpened() {
        try (var tape = Tape.watch(X)) {
            Says.illegal(() -> Autograd.checkpoint(t -> t.square().add(Tensor.ones(7)), X), "add");
            assertSame(tape, Tape.current());
        }
    }

    @Test
    void whatTheFunctionStoresIsStaleAndSaysWhere() {
        Tensor[] stored = new Tensor[1];
        try (Tape _ = Tape.watch(X)) {
            Autograd.checkpoint(
                    t -> {
                        stored[0] = t.square();
                        return stored[0].exp();
                    },
                    X);
            Says.error(IllegalStateException.class, stored[0]::toArray, "stale", "CheckpointTest");
        }
    }

    @Test
    void aParameterThatChangesBeforeTheBackwardPass() {
        var weight = new Parameter("weight", Tensor.of(3.0));
        Tensor x = Tensor.of(2.0);
        Program doubled = Program.of(Expr.in(0).mul(2));
        try (var tape = Tape.watch(x)) {
            Tensor y = Autograd.checkpoint(t -> t.square().mul(weight.value()), x);
            weight.set(Tensor.of(100.0));
            assertEquals(12, tape.gradients(y).of(x).item());
        }
        try (var tape = Tape.watch(x)) {
            Tensor y = Autograd.checkpoint(t -> t.square().mul(weight.value()), x);
            Slot.update(
                    doubled,
                    new Slot[] {weight},
                    new Tensor[0],
                    new double[0],
                    () -> "was doubled");
            Says.error(
                    IllegalStateException.class,
                    () -> tape.gradients(y),
                    "gradient of checkpoint",
                    "`weight`",
                    "was doubled");
        }
    }

    @Test
    void aFunctionThatIsNotTheSameAgain() {
        var weights =
                IntStream.range(0, 9)
                        .mapToObj(i -> new Parameter("weight" + i, Tensor.of(1.0)))
                        .iterator();
        var shapes = List.of(4, 2).iterator();
        Tensor x = Tensor.of(1.0, 2, 3, 4);
        try (var tape = Tape.watch(x)) {
            Tensor y = Autograd.checkpoint(t -> t.mul(weights.next().value()), x);
            Says.error(
                    IllegalStateException.class,
                    () -> tape.gradients(y.sum()),
                    "gradient of checkpoint: the function uses `weight1` when it runs again");
            Tensor z = Autograd.checkpoint(t -> t.slice("0:" + shapes.next()).exp(), x);
            Says.error(
                    IllegalStateException.class,
                    () -> tape.gradients(z.sum()),
                    "FLOAT32 of shape [4] at first, and FLOAT32 of shape [2] when it ran again");
        }
    }
}
