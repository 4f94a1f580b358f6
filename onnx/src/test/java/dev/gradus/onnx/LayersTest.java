package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.expr.Expr;
import dev.gradus.nn.Activation;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.FeedForward;
import dev.gradus.nn.GELU;
import dev.gradus.nn.Gpt;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Masks;
import dev.gradus.nn.MultiHeadAttention;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Residual;
import dev.gradus.nn.ScaledDotProductAttention;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.SiLU;
import dev.gradus.nn.Sigmoid;
import dev.gradus.nn.SinusoidalEmbedding;
import dev.gradus.nn.Softmax;
import dev.gradus.nn.Tanh;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every layer by itself. */
class LayersTest {
    private record Row(String name, Layer layer, Function<Tensor[], Tensor> call, int[]... items) {
        /** Inputs for a batch of n. */
        Tensor[] inputs(int n) {
            Tensor[] x = new Tensor[items.length];
            for (int i = 0; i < x.length; i++) {
                int[] dims = new int[items[i].length + 1];
                dims[0] = n;
                System.arraycopy(items[i], 0, dims, 1, items[i].length);
                Tensor numbers = new Generator(10 * n + i).randn(dims);
                x[i] =
                        layer instanceof Embedding || layer instanceof Gpt
                                ? numbers.abs().mul(2).clip(0, 6).to(DType.INT32)
                                : numbers;
            }
            return x;
        }
    }

    private static Row row(Layer layer, int... item) {
        return new Row(layer.toString(), layer, x -> layer.apply(x[0]), item);
    }

    private static List<Row> rows() {
        var attention = new ScaledDotProductAttention(0.1);
        var heads = new MultiHeadAttention(6, 2, 0.1);
        var block = new TransformerBlock(6, 3, 8);
        var post = new TransformerBlock(6, 2, 8, TransformerBlock.Norm.POST, new SiLU(), 0.2);
        int[] pair = {4, 6};
        int[] longer = {5, 6};
        return List.of(
                row(new Linear(4, 3), 4),
                row(new Linear(4, 3, false), 4),
                row(new Linear(4, 3), 5, 2, 4),
                row(new Linear(4, 3, false), 5, 4),
                row(new ReLU(), 7),
                row(new Tanh(), 7),
                row(new Sigmoid(), 2, 7),
                row(new SiLU(), 7),
                row(new GELU(), 7),
                row(GELU.tanh(), 7),
                row(new Softmax(-1), 3, 7),
                row(new Softmax(1), 3, 7),
                row(new Softmax(0), 3),
                row(new Dropout(0.4), 3),
                row(new BatchNorm(5), 5),
                row(new BatchNorm(5), 3, 5),
                row(new LayerNorm(5), 5),
                row(new LayerNorm(5), 3, 5),
                row(new Embedding(7, 4)),
                row(new Embedding(7, 4), 3),
                row(new PositionalEmbedding(9, 6), 4, 6),
                row(new SinusoidalEmbedding(9, 6), 4, 6),
                row(new FeedForward(6, 10), 4, 6),
                row(new Gpt(new Gpt.Config(7, 5, 2, 2, 6, 0.1)), 4),
                row(new Residual(new Linear(6, 6)), 6),
                row(new Sequential(new Linear(4, 3), new GELU(), new Linear(3, 2)), 4),
                row(Layer.of(x -> x.square().sum(-1, true)), 4),
                new Row(
                        "attention",
                        attention,
                        x -> attention.apply(x[0], x[1], x[2]),
                        pair,
                        longer,
                        longer),
                new Row(
                        "attention, causal",
                        attention,
                        x -> attention.apply(x[0], x[1], x[2], null, true),
                        pair,
                        longer,
                        longer),
                new Row(
                        "attention, mask",
                        attention,
                        x -> attention.apply(x[0], x[0], x[0], x[1].gt(0.5), false),
                        pair,
                        new int[] {4, 4}),
                new Row(
                        "heads, mask and causal",
                        heads,
                        x -> heads.apply(x[0], x[1].gt(0.5), true),
                        pair,
                        new int[] {1, 4}),
                row(heads, pair),
                new Row(
                        "heads, cross",
                        heads,
                        x -> heads.apply(x[0], x[1], x[1], null, false),
                        pair,
                        longer),
                new Row("heads, weights", heads, x -> heads.weights(x[0], x[0], null, true), pair),
                row(block, pair),
                new Row("block, mask", block, x -> block.apply(x[0], Masks.causal(4), false), pair),
                new Row("block, post", post, x -> post.apply(x[0], null, true), pair));
    }

    @TestFactory
    Stream<DynamicTest> givesTheSame() {
        return rows().stream().map(row -> dynamicTest(row.name, () -> check(row)));
    }

    private static void check(Row row) {
        OnnxRuntime.filled(row.layer);
        byte[] bytes = OnnxRuntime.exported(row.layer, row.call, row.inputs(2));
        try (var runtime = new OnnxRuntime(bytes)) {
            for (int n : new int[] {1, 4, 9}) {
                Tensor[] x = row.inputs(n);
                runtime.assertGives(row.call.apply(x), x);
            }
        }
    }

    @Test
    void everyLayerHasARow() throws Exception {
        Set<String> tried =
                rows().stream()
                        .map(row -> row.layer.getClass().getSimpleName())
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> all = new TreeSet<>();
        for (Class<?> type : classes(Layer.class)) {
            if (Layer.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                all.add(type.getSimpleName());
            }
        }
        assertEquals(all, tried);
    }

    /** The classes of a package, of a folder or a jar. */
    private static List<Class<?>> classes(Class<?> one) throws Exception {
        URI place = one.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path root = Path.of(place);
        if (Files.isDirectory(root)) {
            return classes(one, root);
        }
        try (var jar = FileSystems.newFileSystem(URI.create("jar:" + place), Map.of())) {
            return classes(one, jar.getPath("/"));
        }
    }

    private static List<Class<?>> classes(Class<?> one, Path root) throws Exception {
        String name = one.getPackageName();
        List<Class<?>> found = new ArrayList<>();
        try (var files = Files.list(root.resolve(name.replace('.', '/')))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String simple = file.getFileName().toString();
                if (simple.endsWith(".class") && !simple.equals("package-info.class")) {
                    found.add(Class.forName(name + "." + simple.substring(0, simple.length() - 6)));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    /** A layer of one's own is exported as the library's are. */
    @Test
    void anActivationOfOnesOwn() {
        var mish = new Activation("Mish", Expr.in(0).mul(Expr.in(0).softplus().tanh())) {};
        check(row(mish, 5));
    }
}
