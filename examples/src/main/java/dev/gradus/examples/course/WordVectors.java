package dev.gradus.examples.course;

import dev.gradus.examples.plot.Plot;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Words as vectors: near ones mean alike, and differences mean something, too. Those here are made
 * by hand, and their columns have names; a model learns hundreds of columns without any.
 */
@Command(
        name = "word-vectors",
        description = "Cosine neighbours, king - man + woman, and a picture in two dimensions.")
final class WordVectors extends Lesson {
    private static final List<String> WORDS =
            List.of(
                    "king",
                    "queen",
                    "prince",
                    "princess",
                    "man",
                    "woman",
                    "boy",
                    "girl",
                    "dog",
                    "puppy",
                    "cat",
                    "kitten",
                    "apple",
                    "pear",
                    "bread");

    /** One row a word: royal, female, young, human, animal, food. */
    private static final double[][] VECTORS = {
        {0.95, 0.05, 0.10, 0.90, 0.05, 0.00},
        {0.95, 0.95, 0.10, 0.90, 0.05, 0.00},
        {0.85, 0.05, 0.70, 0.90, 0.05, 0.05},
        {0.85, 0.95, 0.75, 0.90, 0.05, 0.05},
        {0.05, 0.05, 0.10, 1.00, 0.10, 0.00},
        {0.05, 0.95, 0.10, 1.00, 0.10, 0.00},
        {0.05, 0.05, 0.90, 0.95, 0.10, 0.05},
        {0.05, 0.95, 0.90, 0.95, 0.10, 0.05},
        {0.05, 0.30, 0.20, 0.25, 1.00, 0.05},
        {0.05, 0.30, 0.95, 0.25, 0.95, 0.00},
        {0.15, 0.55, 0.20, 0.20, 1.00, 0.05},
        {0.10, 0.55, 0.95, 0.20, 0.95, 0.00},
        {0.05, 0.40, 0.20, 0.00, 0.00, 1.00},
        {0.00, 0.45, 0.20, 0.00, 0.00, 0.95},
        {0.00, 0.20, 0.10, 0.05, 0.00, 0.95}
    };

    @Override
    protected void teach() {
        // The cosine of two vectors is the product of their directions: 1 for the same, 0 for
        // nothing in common. With all directions in one matrix, one product has all pairs.
        Tensor vectors = Tensor.of(VECTORS);
        Tensor directions = unit(vectors);
        Tensor cosines = directions.matmul(directions.t());
        show("cosines of king", cosines.get(WORDS.indexOf("king")));
        for (String word : List.of("king", "kitten", "apple")) {
            show("neighbours of " + word, neighbours(cosines.get(WORDS.indexOf(word)), word));
        }

        // What makes a king of a man makes a queen of a woman.
        Tensor analogy = row("king").sub(row("man")).add(row("woman"));
        show("king - man + woman", analogy);
        Tensor near = directions.matmul(unit(analogy));
        show("neighbours of king - man + woman", neighbours(near, "king", "man", "woman"));

        // Six columns don't fit on paper. The two directions along which the words differ most do:
        // the first eigenvectors of the covariance (principal component analysis).
        Tensor off = vectors.sub(vectors.mean(0));
        Tensor covariance = off.t().matmul(off).div(WORDS.size() - 1);
        Tensor first = strongest(covariance);
        Tensor variance = first.dot(covariance.matmul(first));
        Tensor rest = covariance.sub(first.unsqueeze(1).matmul(first.unsqueeze(0)).mul(variance));
        Tensor second = strongest(rest);
        show("first", first);
        show("second", second);
        Tensor plane = off.matmul(Tensor.stack(1, first, second)); // [15, 6]·[6, 2]
        show("plane", plane);

        save(
                Plot.scatter("Words, in the two directions in which they differ most")
                        .xLabel("first component")
                        .yLabel("second component")
                        .points("words", plane.toArray2d(), WORDS),
                "word-vectors");
        List<String> some =
                List.of("king", "queen", "man", "woman", "dog", "cat", "apple", "bread");
        int[] rows = some.stream().mapToInt(WORDS::indexOf).toArray();
        Tensor chosen = directions.gather(Tensor.of(rows));
        save(
                Plot.heatMap("Cosines", chosen.matmul(chosen.t()).toArray2d(), some, some)
                        .xLabel("word")
                        .yLabel("word")
                        .colorLabel("cosine"),
                "word-cosines");
    }

    private static Tensor row(String word) {
        return Tensor.of(VECTORS[WORDS.indexOf(word)]);
    }

    /** Each row divided by its length. */
    private static Tensor unit(Tensor vectors) {
        return vectors.div(vectors.square().sum(-1, true).sqrt());
    }

    /** The three words of the greatest cosines, without some. */
    private static String neighbours(Tensor cosines, String... without) {
        double[] values = cosines.toArray();
        return IntStream.range(0, values.length)
                .boxed()
                .filter(i -> !List.of(without).contains(WORDS.get(i)))
                .sorted(Comparator.comparingDouble(i -> -values[i]))
                .limit(3)
                .map(WORDS::get)
                .collect(Collectors.joining(", "));
    }

    /**
     * The eigenvector of the largest eigenvalue: multiplied again and again, any vector turns
     * there. Its largest element is made positive, since both directions are right.
     */
    private static Tensor strongest(Tensor matrix) {
        Tensor v = unit(Tensor.arange(1, matrix.size(0) + 1, 1));
        for (int i = 0; i < 500; i++) {
            v = unit(matrix.matmul(v));
        }
        return v.max().item() < v.neg().max().item() ? v.neg() : v;
    }
}
