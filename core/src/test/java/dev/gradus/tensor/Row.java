package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * One operation of the catalogue, with everything a test or a benchmark needs to run it. The
 * methods that return the row itself describe it while {@link OpCatalog} is made.
 */
public final class Row {
    private final String name;
    private final String covers;
    private final Function<Tensor[], Tensor> function;
    private List<List<Shape>> samples = List.of();
    private IntFunction<List<Shape>> scaled = n -> List.of(Shape.of(n));
    private List<Domain> domains = List.of(Domain.REAL);
    private double[] kinks = {};
    private double tolerance;
    private boolean isSum;
    private boolean cancels;
    private boolean elementwise;
    private int derivatives = 2;
    private boolean survivesExtremes = true;
    private boolean finite;

    Row(String name, String signature, Function<Tensor[], Tensor> function) {
        this.name = name;
        this.covers = signature;
        this.function = function;
    }

    // ------------------------------------------------------------------ describing one

    /** Shapes to try: one list a sample, one shape an input. */
    Row samples(int[][]... lists) {
        samples = Arrays.stream(lists).map(Row::shapes).toList();
        return this;
    }

    static List<Shape> shapes(int[]... dims) {
        return Arrays.stream(dims).map(Shape::of).toList();
    }

    /** Input shapes of about n elements, for any n from 0 on. */
    Row scaled(IntFunction<int[][]> dims) {
        scaled = n -> shapes(dims.apply(n));
        return this;
    }

    /** The domain of each input; the last one counts for those that follow too. */
    Row on(Domain... inputs) {
        domains = List.of(inputs);
        return this;
    }

    /** Values at which a derivative jumps. Ties between elements need not be named. */
    Row kinks(double... at) {
        kinks = at;
        return this;
    }

    /** The relative error, against the reference, that FLOAT32 may have; 0 unless said. */
    Row within(double relative) {
        tolerance = relative;
        return this;
    }

    /** Errors are relative to the result for the inputs' absolute values: terms may cancel. */
    Row sum() {
        isSum = true;
        return within(4e-6);
    }

    /**
     * Errors are relative to 1 where the result is smaller: it may be a small difference of larger
     * numbers.
     */
    Row cancels() {
        cancels = true;
        return this;
    }

    Row elementwise() {
        elementwise = true;
        return this;
    }

    Row notDifferentiable() {
        derivatives = 0;
        return this;
    }

    /** A derivative itself, so large that its second one is more than a kernel holds. */
    Row differentiableOnce() {
        derivatives = 1;
        return this;
    }

    /** What is computed on the way may overflow in float where it does not in double. */
    Row overflows() {
        survivesExtremes = false;
        return this;
    }

    /** What NaN and infinities give is left open: what is masked may be skipped or times 0. */
    Row finite() {
        finite = true;
        return this;
    }

    // ------------------------------------------------------------------ using one

    /** What it is called; unique. */
    public String name() {
        return name;
    }

    /** The method that it tries, such as {@code add(Tensor)}; of Functional with its name. */
    String covers() {
        return covers;
    }

    /** Performs the operation. */
    public Tensor apply(Tensor... inputs) {
        return function.apply(inputs);
    }

    /** Shapes to try, some of which broadcast or are empty. */
    public List<List<Shape>> samples() {
        return samples;
    }

    /** Input shapes with about n elements. */
    public List<Shape> scaled(int n) {
        return scaled.apply(n);
    }

    /** Whether element i of the result depends on elements i of the inputs alone. */
    public boolean isElementwise() {
        return elementwise;
    }

    /** How many orders of derivatives to check, away from kinks: 0, 1 or 2. */
    public int derivatives() {
        return derivatives;
    }

    /** Whether float and double agree for infinities and huge numbers. */
    boolean survivesExtremes() {
        return survivesExtremes;
    }

    /** Whether what NaN and infinities give is said. */
    boolean saysWhatNotANumberGives() {
        return survivesExtremes && !finite;
    }

    /** The relative error that a result of this dtype may have. */
    public double tolerance(DType dtype) {
        return tolerance == 0 || dtype == DType.INT32
                ? 0
                : dtype == DType.FLOAT64 ? Math.max(1e-13, 1e-8 * tolerance) : tolerance;
    }

    private Domain domain(int input) {
        return domains.get(Math.min(input, domains.size() - 1));
    }

    /** Random inputs: the same for a seed on every backend. */
    public Tensor[] inputs(
            Backend backend, DType dtype, List<Shape> shapes, Arrangement arrangement, long seed) {
        var random = new SplittableRandom(seed);
        Tensor[] x = new Tensor[shapes.size()];
        for (int i = 0; i < x.length; i++) {
            DType type = domain(i).dtype(dtype);
            double[] values = domain(i).draw(shapes.get(i).size(), type, random);
            x[i] = arrangement.tensor(backend, type, shapes.get(i), values);
        }
        return x;
    }

    /** Random inputs with a NaN, infinities and zeros strewn in. */
    Tensor[] specialInputs(Backend backend, DType dtype, List<Shape> shapes, long seed) {
        double[] special = {
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0
        };
        var random = new SplittableRandom(seed);
        Tensor[] x = inputs(backend, dtype, shapes, Arrangement.DENSE, seed);
        for (int i = 0; i < x.length; i++) {
            if (x[i].dtype().isFloating() && x[i].size() > 0) {
                double[] values = x[i].toArray();
                for (int k = 0; k < 1 + values.length / 16; k++) {
                    int which = random.nextInt(special.length);
                    values[random.nextInt(values.length)] = special[which];
                }
                x[i] = Arrangement.DENSE.tensor(backend, dtype, shapes.get(i), values);
            }
        }
        return x;
    }

    /** What the error of a result is relative to. */
    public Tensor magnitude(Tensor[] inputs, Tensor result) {
        if (!isSum) {
            return cancels ? result.abs().maximum(result.onesLike()) : result;
        }
        Tensor[] x = inputs.clone();
        for (int i = 0; i < x.length; i++) {
            x[i] = domain(i).kind() == Domain.Kind.INDEX ? x[i] : x[i].abs();
        }
        return apply(x);
    }

    /** Shapes and values for a gradient check: small, no two elements alike, no kink near. */
    public List<Tensor[]> smoothInputs(Backend backend) {
        List<Tensor[]> all = new ArrayList<>();
        for (List<Shape> shapes : samples) {
            int total = shapes.stream().mapToInt(Shape::size).sum();
            if (total <= 130) {
                all.add(smooth(backend, shapes, total));
            }
        }
        return all;
    }

    private Tensor[] smooth(Backend backend, List<Shape> shapes, int total) {
        int[] order = order(total, new SplittableRandom(total));
        Tensor[] x = new Tensor[shapes.size()];
        int next = 0;
        for (int i = 0; i < x.length; i++) {
            double[] values = new double[shapes.get(i).size()];
            for (int k = 0; k < values.length; k++) {
                values[k] = away(domain(i).at((order[next++] + 0.5) / total));
            }
            boolean whole = domain(i).kind() == Domain.Kind.MASK;
            DType dtype = whole ? DType.INT32 : domain(i).dtype(DType.FLOAT64);
            x[i] = Arrangement.DENSE.tensor(backend, dtype, shapes.get(i), values);
        }
        return x;
    }

    private double away(double value) {
        for (double kink : kinks) {
            if (Math.abs(value - kink) < 0.02) {
                return kink + Math.copySign(0.02, value - kink);
            }
        }
        return value;
    }

    private static int[] order(int n, SplittableRandom random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Every combination of extreme values, for one or two inputs; some for three. */
    Tensor[] extremes(Backend backend, DType dtype) {
        double[] values = Extremes.of(dtype, kinks);
        int n = samples.get(0).size();
        int total = n == 1 ? values.length : values.length * values.length;
        Tensor[] x = new Tensor[n];
        for (int i = 0; i < n; i++) {
            double[] column = new double[total];
            for (int k = 0; k < total; k++) {
                int quotient = k / values.length;
                int which = i == 0 ? k : i == 1 ? quotient : 7 * k + 3 * quotient + i;
                column[k] = values[which % values.length];
            }
            x[i] = Arrangement.DENSE.tensor(backend, dtype, Shape.of(total), column);
        }
        return x;
    }

    @Override
    public String toString() {
        return name;
    }
}
