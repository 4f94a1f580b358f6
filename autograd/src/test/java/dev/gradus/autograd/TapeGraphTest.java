package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Locale;

/** What a tape recorded, as data; and that looking at it changes nothing. */
class TapeGraphTest {
    private static final double[] X = {1, 2, 3};

    private final Tensor x = Tensor.of(X);
    private final Tensor y = Tensor.of(0.5, -1, 2);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    private static double[] value(TapeGraph.Node node) {
        Tensor value = node.value();
        assertNotNull(value);
        return value.toArray();
    }

    private static double[] gradient(TapeGraph.Node node) {
        Tensor gradient = node.gradient();
        assertNotNull(gradient);
        return gradient.toArray();
    }

    private static List<String> operations(TapeGraph graph) {
        return graph.nodes().stream().map(TapeGraph.Node::operation).toList();
    }

    @Test
    void everyTensorHasItsOriginValueAndGradient() {
        TapeGraph graph;
        Tensor sum;
        Tensor loss;
        try (var tape = Tape.watch(x, y)) {
            sum = x.add(y);
            loss = sum.square().mean();
            graph = tape.graph(loss).named(x, "x").named(loss, "loss");
        }
        // The tape is closed: these are copies.
        assertEquals(List.of("watched", "watched", "add", "square", "mean"), operations(graph));
        assertEquals(
                List.of(List.of(), List.of(), List.of(0, 1), List.of(2), List.of(3)),
                graph.nodes().stream().map(TapeGraph.Node::inputs).toList());
        assertEquals(
                List.of("x", "", "", "", "loss"),
                graph.nodes().stream().map(TapeGraph.Node::name).toList());
        assertArrayEquals(new double[] {1.5, 1, 5}, value(graph.node(sum)), 1e-6);
        assertArrayEquals(new double[] {(2.25 + 1 + 25) / 3}, value(graph.node(loss)), 1e-5);
        assertArrayEquals(new double[] {1, 2 / 3.0, 10 / 3.0}, gradient(graph.node(sum)), 1e-6);
        assertArrayEquals(new double[] {1}, gradient(graph.node(loss)));
        assertEquals(DType.FLOAT32, graph.node(x).dtype());
        assertEquals(x.shape(), graph.node(x).shape());
        assertEquals("5 nodes, 4 edges", graph.toString());
    }

    @Test
    void whatTheTapeDoesNotWatchIsAConstantAndWhatTheResultDoesNotNeedIsLeftOut() {
        Tensor ids = Tensor.of(2, 0);
        try (var tape = Tape.watch(x)) {
            Tensor picked = x.reshape(3, 1).gather(ids);
            Tensor other = x.exp();
            Tensor loss = picked.reshape(2).mul(Tensor.of(3.0, 4)).sum();
            TapeGraph graph = tape.graph(loss);
            assertEquals(
                    List.of("watched", "reshape", "constant", "gather", "reshape", "constant"),
                    operations(graph).subList(0, 6));
            assertEquals(DType.INT32, graph.node(ids).dtype());
            assertNull(graph.node(ids).gradient());
            assertArrayEquals(new double[] {4, 0, 3}, gradient(graph.node(x)));
            Says.illegal(() -> graph.node(other), "no such tensor of shape [3]", "not depend");

            TapeGraph all = tape.graph();
            assertEquals("exp", all.node(other).operation());
            assertNull(all.node(x).gradient());
        }
    }

    /** A loss of parameters by fused and plain operations, in which a tensor is used twice. */
    private Tensor loss(Parameter weight, Parameter bias, Tensor data) {
        Tensor hidden = Functional.linear(data, weight.value(), bias.value()).tanh();
        return hidden.mul(hidden.sigmoid()).softmax(-1).log().mean();
    }

    private final Tensor data = Tensor.of(new double[][] {{1, -2}, {0.5, 3}, {-1, 0}});
    private final Tensor start = Tensor.of(new double[][] {{0.1, 0.2, -0.3}, {0.7, -0.5, 0.4}});

    @Test
    void lookingLeavesTheSameBitsAndTheSameMemory() {
        Parameter weight = new Parameter("weight", start);
        Parameter bias = new Parameter("bias", Tensor.of(0.1, 0, -0.1));
        double[][] gradients = new double[2][];
        long[] peaks = new long[2];
        int[] recorded = new int[2];
        for (int i = 0; i < 2; i++) {
            try (var tape = Tape.start()) {
                Tensor loss = loss(weight, bias, data);
                if (i == 1) {
                    TapeGraph graph = tape.graph(loss);
                    assertEquals(graph.nodes().size(), tape.graph(loss).nodes().size());
                    assertArrayEquals(gradients[0], gradient(graph.node(weight.value())), 0);
                    assertEquals("weight", graph.node(weight.value()).name());
                    assertEquals("parameter", graph.node(weight.value()).operation());
                }
                gradients[i] = tape.gradients(loss).of(weight).toArray();
                peaks[i] = tape.peakBytes();
                recorded[i] = tape.graph().nodes().size();
            }
        }
        assertArrayEquals(gradients[0], gradients[1], 0);
        assertEquals(peaks[0], peaks[1]);
        assertEquals(recorded[0], recorded[1]);
    }

    @Test
    void onlyTheCopiesStay() {
        var backend = new CountingBackend();
        Tensor here = x.to(backend);
        TapeGraph graph;
        int before = backend.made() - backend.released();
        try (var tape = Tape.watch(here)) {
            Tensor loss = here.tanh().mul(here).square().sum();
            int alive = backend.made() - backend.released();
            graph = tape.graph(loss);
            assertEquals(alive + 2 * 5, backend.made() - backend.released());
        }
        assertEquals(before + 2 * 5, backend.made() - backend.released());
        double tanh = Math.tanh(2);
        double expected = 2 * (tanh * 2) * (tanh + 2 * (1 - tanh * tanh));
        assertEquals(expected, gradient(graph.node(here))[1], 1e-5);
    }

    @Test
    void anOuterTapeDoesNotNotice() {
        double[][] second = new double[2][];
        int[] recorded = new int[2];
        for (int i = 0; i < 2; i++) {
            try (var outer = Tape.watch(x)) {
                Tensor first;
                try (var inner = Tape.nested(x)) {
                    Tensor cube = x.mul(x).mul(x).sum();
                    if (i == 1) {
                        TapeGraph graph = inner.graph(cube);
                        assertArrayEquals(new double[] {3, 12, 27}, gradient(graph.node(x)), 1e-5);
                    }
                    first = inner.gradients(cube).of(x);
                }
                recorded[i] = outer.graph().nodes().size();
                second[i] = outer.gradients(first.sum()).of(x).toArray();
            }
        }
        assertArrayEquals(new double[] {6, 12, 18}, second[0], 1e-5);
        assertArrayEquals(second[0], second[1], 0);
        assertEquals(recorded[0], recorded[1]);
    }

    @Test
    void aParameterThatWasUpdatedSinceHasNoValueAnyMore() {
        Parameter weight = new Parameter("weight", x);
        try (var tape = Tape.start()) {
            Tensor used = weight.value();
            Tensor loss = used.sum();
            Slot.update(
                    Expr.in(0).mul(0.5).program(),
                    new Slot[] {weight},
                    new Tensor[0],
                    new double[0],
                    () -> "was halved");
            TapeGraph graph = tape.graph();
            assertNull(graph.node(used).value());
            assertEquals("value    overwritten", graph.node(used).lines().getLast());
            assertArrayEquals(new double[] {6}, value(graph.node(loss)));
        }
    }

    @Test
    void linesTellValuesOfSmallTensorsAndTheRangeOfLargeOnes() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        Tensor m = Tensor.of(new double[][] {{1, -0.123456}, {1e-7, 2_000_000}});
        Tensor large = Tensor.arange(0, 30, 1).reshape(2, 15);
        try (var tape = Tape.watch(m, large)) {
            Tensor scaled = m.mul(2).sum();
            Tensor loss = large.mul(Double.NaN).sum().add(scaled);
            TapeGraph graph = tape.graph(loss).named(m, "m").named(scaled, "s");
            assertEquals(
                    List.of(
                            "m",
                            "watched, FLOAT32 [2, 2]",
                            "value          1 -0.1235",
                            "            1e-7     2e6",
                            "gradient 2 2",
                            "         2 2"),
                    graph.node(m).lines());
            assertEquals(
                    List.of(
                            "watched",
                            "FLOAT32 [2, 15]",
                            "value    0 … 29, mean 14.5",
                            "gradient NaN … NaN, norm NaN"),
                    graph.node(large).lines());
            assertEquals(
                    List.of("s = sum", "FLOAT32 []", "value    4e6", "gradient 1"),
                    graph.node(scaled).lines());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void nothingIsWrittenOfNoElements() {
        Tensor none = Tensor.zeros(0, 3);
        try (var tape = Tape.watch(none)) {
            TapeGraph graph = tape.graph(none.sum());
            assertEquals(
                    List.of("watched", "FLOAT32 [0, 3]", "value    no elements"),
                    graph.node(none).lines().subList(0, 3));
        }
    }

    @Test
    void dotIsWhatGraphvizReads() {
        Tensor two = Tensor.of(2.0);
        try (var tape = Tape.watch(two)) {
            TapeGraph graph = tape.graph(two.mul(two)).named(two, "a \"b\" \\N &lt;\n{|}");
            assertEquals(
                    """
                    digraph tape {
                      node [shape=box, style="rounded,filled", fontname="monospace"];
                      n0 [fillcolor="#FBE3B0", label="a \\"b\\" \\\\N &amp;lt; {|}\\lwatched, \
                    FLOAT32 [1]\\lvalue    2\\lgradient 4\\l"];
                      n1 [fillcolor="#FFFFFF", label="mul\\lFLOAT32 [1]\\lvalue    4\\l\
                    gradient 1\\l"];
                      n0 -> n1;
                      n0 -> n1;
                    }
                    """,
                    graph.toDot());
        }
    }

    @Test
    void errorsSayWhatToDo() {
        Tape closed;
        try (var tape = Tape.watch(x)) {
            closed = tape;
            Tensor doubled = x.mul(2);
            Says.illegal(() -> tape.graph(doubled), "graph: shape [3]", "sum()", "graph()");
            Says.illegal(() -> tape.graph(y.sum()), "graph: the tape", "has not seen");
            TapeGraph graph = tape.graph(doubled.sum());
            Says.illegal(() -> graph.named(y, "y"), "no such tensor of shape [3]");
        }
        Says.error(IllegalStateException.class, closed::graph, "is closed");
        Says.error(IllegalStateException.class, () -> closed.graph(Tensor.scalar(1)), "closed");
    }
}
