package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Embeddings of tokens and of places. */
class EmbeddingTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;
    private static final Tensor IDS = Tensor.of(new int[][] {{4, 0, 1}, {1, 1, 3}});

    /** The numbers are those of PyTorch 1.13.1 in float64. */
    @Test
    void valuesAndGradientsAreThoseOfPyTorch() {
        var embedding = new Embedding(5, 2);
        embedding.weight().set(Waves.of(1, 5, 2));
        try (Tape tape = Tape.start()) {
            Tensor y = embedding.apply(IDS);
            assertEquals(Shape.of(2, 3, 2), y.shape());
            double[] value = {
                0.31154135, 0.85043663, 0.84147096, 0.99166483, 0.6754632, 0.041580662,
                0.6754632, 0.041580662, 0.6754632, 0.041580662, -0.88345468, -0.37387666
            };
            Expect.close(value, y.flatten());
            double[][] gradient = {
                {0.74570519, 0.14112},
                {-1.2405308, -0.62253642},
                {0, 0},
                {0.99894136, 0.73439711},
                {0.78332692, 0.99957359}
            };
            Tensor cotangent = Waves.of(0.9, 2, 3, 2);
            Expect.close(gradient, tape.gradients(y, cotangent).of(embedding.weight()));
        }
    }

    @Test
    void gradCheck() {
        Tensor table = Waves.of(1, 5, 2).to("reference");
        Tensor ids = IDS.to("reference");
        GradCheck.check(t -> t[0].gather(t[1]).square(), table, ids);
        var learned = new PositionalEmbedding(6, 2);
        learned.to("reference");
        GradCheck.check(t -> learned.apply(t[0]).square(), table);
    }

    @Test
    void idsOfAnyShape() {
        var embedding = new Embedding(5, 2);
        assertEquals("[weight [5, 2]]", embedding.parameters().toString());
        assertEquals(Shape.of(2), embedding.apply(Tensor.of(new int[] {3}).get(0)).shape());
        assertEquals(Shape.of(1, 2, 3, 2), embedding.apply(IDS.unsqueeze(0)).shape());
        Expect.same(embedding.weight().value().get(3), embedding.apply(IDS).get(1).get(2));
    }

    @Test
    void badIds() {
        var embedding = new Embedding(10, 4);
        Class<IndexOutOfBoundsException> kind = IndexOutOfBoundsException.class;
        String reason = " is not in 0 … 9; the table has 10 rows";
        Tensor ids = Tensor.of(new int[][] {{0, 9, 1}, {2, 3, 10}, {-1, 0, 0}});
        Expect.error(
                kind, "Embedding(10, 4): id 10 at [1, 2]" + reason, () -> embedding.apply(ids));
        Expect.error(
                kind, "Embedding(10, 4): id -1 at [0]" + reason, () -> embedding.apply(ids.get(2)));
        Expect.error(
                kind, "Embedding(10, 4): id -1 at [0, 2]" + reason, () -> embedding.apply(ids.t()));
        try (Tape _ = Tape.start()) {
            Expect.error(
                    kind,
                    "Embedding(10, 4): id 10 at []" + reason,
                    () -> embedding.apply(ids.get(1).get(2)));
        }
        Expect.error(
                KIND,
                "Embedding(10, 4): the ids must be INT32, not FLOAT32; ids.to(DType.INT32) converts"
                        + " them",
                () -> embedding.apply(Tensor.of(1.0, 2)));
        Expect.error(
                KIND, "Embedding(0, 4): both sizes must be at least 1", () -> new Embedding(0, 4));
    }

    @Test
    void startsNormal() {
        var embedding = new Embedding[2];
        for (int i = 0; i < 2; i++) {
            int at = i;
            new Generator(7).with(() -> embedding[at] = new Embedding(100, 50));
        }
        Tensor table = embedding[0].weight().value();
        Expect.same(table, embedding[1].weight().value());
        assertEquals(0, table.mean().item(), 0.05);
        assertEquals(1, table.square().mean().item(), 0.05);
    }

    @Test
    void learnedPlaces() {
        var places = new PositionalEmbedding(4, 2);
        assertEquals("[weight [4, 2]]", places.parameters().toString());
        assertTrue(places.weight().value().abs().max().item() < 0.1);
        places.weight().set(Waves.of(1, 4, 2));
        Tensor x = Waves.of(2, 5, 3, 2);
        try (Tape tape = Tape.start()) {
            Tensor y = places.apply(x);
            Tensor added = Waves.of(1, 4, 2).slice("0:3").expand(5, 3, 2);
            Expect.close(x.add(added).flatten().toArray(), y.flatten());
            double[][] gradient = {{5, 5}, {5, 5}, {5, 5}, {0, 0}};
            Expect.close(gradient, tape.gradients(y.sum()).of(places.weight()));
        }
    }

    @Test
    void placesAsWaves() {
        var places = new SinusoidalEmbedding(7, 5);
        assertEquals(List.of(), places.parameters());
        // The formula of the paper: in column 2, p / 10000^(2/5).
        double[][] table = {
            {0, 1, 0, 1, 0},
            {0.84147098, 0.54030231, 0.025116223, 0.99968454, 0.0006309573},
            {0.90929743, -0.41614684, 0.050216599, 0.99873835, 0.0012619144}
        };
        Expect.close(table, places.apply(Tensor.zeros(3, 5)));
        Tensor x = Waves.of(2, 2, 3, 5);
        Expect.close(
                x.get(1).add(Tensor.of(table)).flatten().toArray(),
                places.apply(x).get(1).flatten());
        assertEquals(Shape.of(7, 5), places.apply(Tensor.zeros(7, 5)).shape());
    }

    @Test
    void tooLongOrTooWide() {
        for (Layer layer : List.of(new PositionalEmbedding(4, 2), new SinusoidalEmbedding(4, 2))) {
            Expect.error(
                    KIND,
                    layer
                            + ": the sequences in an input of shape [3, 5, 2] have length 5, and"
                            + " there are places for 4",
                    () -> layer.apply(Tensor.zeros(3, 5, 2)));
            Expect.error(
                    KIND,
                    layer + ": input of shape [4, 1] must be [.., t, 2]",
                    () -> layer.apply(Tensor.zeros(4, 1)));
            Expect.error(
                    KIND,
                    layer + ": input of shape [2] must be [.., t, 2]",
                    () -> layer.apply(Tensor.zeros(2)));
        }
        Expect.error(
                KIND,
                "PositionalEmbedding(0, 2): both sizes must be at least 1",
                () -> new PositionalEmbedding(0, 2));
        Expect.error(
                KIND,
                "SinusoidalEmbedding(2, 0): both sizes must be at least 1",
                () -> new SinusoidalEmbedding(2, 0));
    }
}
