package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.nn.Losses.Reduction;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Losses with weights and reductions; the numbers are those of PyTorch 1.13.1 in float64. */
class LossFactsTest {
    /** Errors of 0, of Huber's ½, 1 and 1½ just at the kink, and of more. */
    static final Tensor X = Tensor.of(new double[][] {{-2, 0.5}, {0, 3}, {1, -40}});

    static final Tensor T = Tensor.of(new double[][] {{-2, 1}, {1, 1}, {2.5, 1}});
    static final Tensor W = Tensor.of(new double[][] {{1, 2}, {0, 0.5}, {3, 1}});

    static final Tensor P = Tensor.of(new double[][] {{0.1, 0.5}, {0.3, 0.875}, {0.01, 0.99}});
    static final Tensor L = Tensor.of(new double[][] {{-2, 0.5}, {0.1, 3}, {40, -40}});
    static final Tensor YES = Tensor.of(new double[][] {{0, 1}, {0.25, 1}, {1, 1}});
    static final Tensor PW = Tensor.of(3.0, 0.5);

    static final Tensor LP =
            Tensor.of(
                    new double[][] {
                        {-1.2, -0.6, -2}, {-0.3, -2.5, -3}, {-1, -1.1, -1.2}, {-4, -0.2, -1.9}
                    });
    static final Tensor TP =
            Tensor.of(
                    new double[][] {{0.2, 0.5, 0.3}, {1, 0, 0}, {0.1, 0.1, 0.8}, {0.6, 0.2, 0.2}});
    static final Tensor C = Tensor.of(new int[] {0, 2, -100, 1});
    static final Tensor ALL = Tensor.of(new int[] {0, 2, 2, 1});
    static final Tensor CW = Tensor.of(0.5, 2, 1.25);

    /**
     * What PyTorch gives.
     *
     * @param slope of the mean, the gradient by element 1 of x
     * @param gradient by x of 1 · losses[0] + 2 · losses[1] + …
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Facts(
            String name,
            Tensor x,
            BiFunction<Tensor, Reduction, Tensor> loss,
            double mean,
            double slope,
            double[] losses,
            double[] gradient) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Facts row(
            String name,
            Tensor x,
            BiFunction<Tensor, Reduction, Tensor> loss,
            double mean,
            double slope,
            String losses,
            String gradient) {
        return new Facts(name, x, loss, mean, slope, numbers(losses), numbers(gradient));
    }

    private static double[] numbers(String line) {
        return Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    static Stream<Facts> pyTorch() {
        return Stream.of(
                row(
                        "l1",
                        X,
                        (x, r) -> Losses.l1(x, T, null, r),
                        7.6666667,
                        -0.16666667,
                        "0 0.5 1 2 1.5 41",
                        "0 -2 -3 4 -5 -6"),
                row(
                        "mse",
                        X,
                        (x, r) -> Losses.mse(x, T, null, r),
                        281.41667,
                        -0.16666667,
                        "0 0.25 1 4 2.25 1681",
                        "0 -2 -6 16 -15 -492"),
                row(
                        "huber 1",
                        X,
                        (x, r) -> Losses.huber(x, T, 1, null, r),
                        7.2708333,
                        -0.083333333,
                        "0 0.125 0.5 1.5 1 40.5",
                        "0 -1 -3 4 -5 -6"),
                row(
                        "huber 1.5",
                        X,
                        (x, r) -> Losses.huber(x, T, 1.5, null, r),
                        10.666667,
                        -0.083333333,
                        "0 0.125 0.5 1.875 1.125 60.375",
                        "0 -1 -3 6 -7.5 -9"),
                row(
                        "smoothL1 0.5",
                        X,
                        (x, r) -> Losses.smoothL1(x, T, 0.5, null, r),
                        7.4583333,
                        -0.16666667,
                        "0 0.25 0.75 1.75 1.25 40.75",
                        "0 -2 -3 4 -5 -6"),
                row(
                        "smoothL1 1.5",
                        X,
                        (x, r) -> Losses.smoothL1(x, T, 1.5, null, r),
                        7.1111111,
                        -0.055555556,
                        "0 0.083333333 0.33333333 1.25 0.75 40.25",
                        "0 -0.66666667 -2 4 -5 -6"),
                row(
                        "bce weighted",
                        P,
                        (x, r) -> Losses.binaryCrossEntropy(x, YES, W, r),
                        2.5639969,
                        -0.66666667,
                        "0.10536052 1.3862944 0 0.066765696 13.815511 0.010050336",
                        "1.1111111 -8 0 -2.2857143 -1500 -6.0606061"),
                row(
                        "bce logits",
                        L,
                        (x, r) -> Losses.binaryCrossEntropyWithLogits(x, YES, null, null, r),
                        6.8948315,
                        -0.062923445,
                        "0.12692801 0.47407698 0.71939666 0.048587352 0 40",
                        "0.11920292 -0.75508134 0.82493756 -0.18970349 0 -6"),
                row(
                        "bce logits, weighted",
                        L,
                        (x, r) -> Losses.binaryCrossEntropyWithLogits(x, YES, W, null, r),
                        6.8498959,
                        -0.12584689,
                        "0.12692801 0.94815397 0 0.024293676 0 40",
                        "0.11920292 -1.5101627 0 -0.094851746 0 -6"),
                row(
                        "bce logits, positive weight",
                        L,
                        (x, r) -> Losses.binaryCrossEntropyWithLogits(x, YES, null, PW, r),
                        3.5716425,
                        -0.031461722,
                        "0.12692801 0.23703849 1.041595 0.024293676 0 20",
                        "0.11920292 -0.37754067 0.11240634 -0.094851746 0 -3"),
                row(
                        "bce logits, both",
                        L,
                        (x, r) -> Losses.binaryCrossEntropyWithLogits(x, YES, W, PW, r),
                        3.4355253,
                        -0.062923445,
                        "0.12692801 0.47407698 0 0.012146838 0 20",
                        "0.11920292 -0.75508134 0 -0.047425873 0 -3"),
                row(
                        "kl",
                        LP,
                        (x, r) -> Losses.klDiv(x, TP, r),
                        0.23425372,
                        -0.041666667,
                        "-0.081887582 -0.04657359 0.23880816 0.3 0 0 -0.13025851 -0.12025851"
                                + " 0.78148516 2.0935046 -0.28188758 0.058112418",
                        "-0.2 -1 -0.9 -4 0 0 -0.7 -0.8 -7.2 -6 -2.2 -2.4"),
                row(
                        "nll",
                        LP,
                        (x, r) -> Losses.nll(x, C, null, -100, r),
                        1.4666667,
                        0,
                        "1.2 3 0 0.2",
                        "-1 0 0 0 0 -2 0 0 0 0 -4 0"),
                row(
                        "nll, class weights",
                        LP,
                        (x, r) -> Losses.nll(x, C, CW, -100, r),
                        1.2666667,
                        0,
                        "0.6 3.75 0 0.4",
                        "-0.5 0 0 0 0 -2.5 0 0 0 0 -8 0"),
                row(
                        "nll, class weights, a class ignored",
                        LP,
                        (x, r) -> Losses.nll(x, ALL, CW, 2, r),
                        0.4,
                        0,
                        "0.6 0 0 0.4",
                        "-0.5 0 0 0 0 0 0 0 0 0 -8 0"),
                row(
                        "cross-entropy",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, C, null, 0, -100, r),
                        1.4118609,
                        0.18565876,
                        "1.1852326 2.8638254 0 0.18652462",
                        "-0.69432494 0.55697628 0.13734866 1.6977804 0.18811943 -1.8858998 0 0 0"
                                + " 0.074256478 -0.68064749 0.60639101"),
                row(
                        "cross-entropy, a class ignored",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, ALL, null, 0, 2, r),
                        0.68587863,
                        0.27848814,
                        "1.1852326 0 0 0.18652462",
                        "-0.69432494 0.55697628 0.13734866 0 0 0 0 0 0 0.074256478 -0.68064749"
                                + " 0.60639101"),
                row(
                        "cross-entropy of probabilities",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, TP, null, 0, -100, r),
                        1.3168814,
                        0.01424407,
                        "1.1252326 0.16382545 1.1719428 2.8065246",
                        "0.10567506 0.056976278 -0.16265134 -0.30221963 0.18811943 0.1141002"
                            + " 0.8014962 0.69667498 -1.4981712 -2.3257435 2.5193525 -0.19360899"),
                row(
                        "cross-entropy, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, C, null, 0.3, -100, r),
                        1.4951942,
                        0.15232543,
                        "1.2052326 2.5438254 0 0.73652462",
                        "-0.49432494 0.45697628 0.037348659 1.4977804 -0.011880573 -1.4858998 0 0 0"
                                + " -0.32574352 0.11935251 0.20639101"),
                row(
                        "cross-entropy, a class ignored, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, ALL, null, 0.3, 2, r),
                        0.97087863,
                        0.22848814,
                        "1.2052326 0 0 0.73652462",
                        "-0.49432494 0.45697628 0.037348659 0 0 0 0 0 0 -0.32574352 0.11935251"
                                + " 0.20639101"),
                row(
                        "cross-entropy of probabilities, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, TP, null, 0.3, -100, r),
                        1.3846314,
                        0.02674407,
                        "1.1632326 0.65382545 1.1509428 2.5705246",
                        "0.065675063 0.10697628 -0.17265134 0.097780372 -0.011880573 -0.0858998"
                            + " 0.5914962 0.48667498 -1.0781712 -2.0057435 2.3593525 -0.35360899"),
                row(
                        "cross-entropy, class weights",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, C, CW, 0, -100, r),
                        1.2121193,
                        0.074263504,
                        "0.59261631 3.5797818 0 0.37304925",
                        "-0.34716247 0.27848814 0.06867433 2.1222255 0.23514928 -2.3573747 0 0 0"
                                + " 0.14851296 -1.361295 1.212782"),
                row(
                        "cross-entropy, a class ignored, class weights",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, ALL, CW, 0, 2, r),
                        0.38626623,
                        0.11139526,
                        "0.59261631 0 0 0.37304925",
                        "-0.34716247 0.27848814 0.06867433 0 0 0 0 0 0 0.14851296 -1.361295"
                                + " 1.212782"),
                row(
                        "cross-entropy of probabilities, class weights",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, TP, CW, 0, -100, r),
                        1.1861895,
                        -0.044614997,
                        "1.4482181 0.081912723 1.4724286 1.7421984",
                        "0.35087072 -0.17845999 -0.17241073 -0.15110981 0.094059714 0.0570501"
                            + " 1.2268703 0.64584373 -1.872714 -1.1294563 1.5533849 -0.42392854"),
                row(
                        "cross-entropy, class weights, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, C, CW, 0.3, -100, r),
                        1.3113751,
                        0.054348747,
                        "0.83929366 3.3447818 0 0.73358121",
                        "-0.17838558 0.2038078 -0.025422222 2.0222255 -0.16485072 -1.8573747 0 0 0"
                                + " -0.068194752 -0.5081493 0.57634405"),
                row(
                        "cross-entropy, a class ignored, class weights, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, ALL, CW, 0.3, 2, r),
                        0.62914995,
                        0.081523121,
                        "0.83929366 0 0 0.73358121",
                        "-0.17838558 0.2038078 -0.025422222 0 0 0 0 0 0 -0.068194752 -0.5081493"
                                + " 0.57634405"),
                row(
                        "cross-entropy of probabilities, class weights, smoothed",
                        LP,
                        (x, r) -> Losses.crossEntropy(x, TP, CW, 0.3, -100, r),
                        1.3694756,
                        -0.029013972,
                        "1.4382149 0.89627345 1.4514286 1.6919856",
                        "0.31023765 -0.11605589 -0.19418176 0.43089077 -0.26361342 -0.16727735"
                            + " 1.1218703 0.22584373 -1.347714 -0.96277326 1.5321266 -0.56935335"));
    }

    @ParameterizedTest
    @MethodSource("pyTorch")
    void valuesAndGradientsAreThoseOfPyTorch(Facts facts) {
        Tensor x = facts.x;
        try (Tape tape = Tape.watch(x)) {
            Tensor none = facts.loss.apply(x, Reduction.NONE);
            assertEquals(facts.losses.length == 4 ? Shape.of(4) : x.shape(), none.shape());
            close(facts.losses, none);
            Tensor weighted = none.flatten().dot(Tensor.arange(1, none.size() + 1, 1));
            close(facts.gradient, tape.gradients(weighted).of(x));

            Tensor mean = facts.loss.apply(x, Reduction.MEAN);
            assertEquals(Shape.of(), mean.shape());
            close(new double[] {facts.mean}, mean);
            close(new double[] {facts.slope}, tape.gradients(mean).of(x).flatten().get(1));

            Tensor sum = facts.loss.apply(x, Reduction.SUM);
            assertEquals(Shape.of(), sum.shape());
            assertEquals(none.sum().item(), sum.item(), 2e-6 * sum.item());
            assertArrayEquals(
                    tape.gradients(none.sum()).of(x).toArray(),
                    tape.gradients(sum).of(x).toArray(),
                    1e-6);
        }
    }

    private static void close(double[] expected, Tensor actual) {
        Expect.close(expected, actual.flatten());
    }

    @ParameterizedTest
    @MethodSource("pyTorch")
    void gradCheck(Facts facts) {
        // Away from 0 and from the kinks, where a loss is made of two pieces.
        Tensor moved = facts.x.mul(0.9).add(0.03);
        for (Reduction reduction : new Reduction[] {Reduction.MEAN, Reduction.NONE}) {
            GradCheck.check(x -> facts.loss.apply(x[0], reduction).square().sum(), moved);
        }
    }
}
