package dev.gradus.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;

/**
 * The lessons about learning show what PyTorch 1.13.1 gives for the same numbers. Its weights of
 * linear layers are transposed; those that a lesson calls waves are {@code (arange(n) + i).sin() *
 * 0.5}, for parameter number i. Its SGD has no exponential average: that at a rate η is its
 * momentum at η·(1 − β). The file is long, since it is mostly those numbers.
 */
class TorchLessonsTest {
    @TestFactory
    List<DynamicTest> activations() {
        return Shown.by(new Activations())
                .facts(
                        "x.relu()", "[0, 0, 0, 0, 0.5, 1, 3]",
                        "x.sigmoid()",
                                "[0.04742587, 0.2689414, 0.3775407, 0.5, 0.6224594, 0.7310586, "
                                        + "0.9525741]",
                        "x.tanh()",
                                "[-0.9950548, -0.7615942, -0.4621172, 0, 0.4621172, 0.7615942, "
                                        + "0.9950548]",
                        "gelu.apply(x)",
                                "[-0.004049867, -0.1586553, -0.1542688, 0, 0.3457312, 0.8413447, "
                                        + "2.99595]",
                        "geluTanh.apply(x)",
                                "[-0.003637433, -0.158808, -0.154286, 0, 0.345714, 0.841192,"
                                        + " 2.996363]",
                        "slope(Tensor::relu, x)", "[0, 0, 0, 0, 1, 1, 1]",
                        "slope(Tensor::sigmoid, x)",
                                "[0.04517666, 0.1966119, 0.2350037, 0.25, 0.2350037, 0.1966119, "
                                        + "0.04517666]",
                        "slope(Tensor::tanh, x)",
                                "[0.009865982, 0.4199743, 0.7864477, 1, 0.7864477, 0.4199743, "
                                        + "0.009865982]",
                        "slope(gelu::apply, x)",
                                "[-0.01194561, -0.08331543, 0.1325049, 0.5, 0.8674951, 1.083315, "
                                        + "1.011946]",
                        "slope(geluTanh::apply, x)",
                                "[-0.0115843, -0.08296409, 0.1326301, 0.5, 0.8673699, 1.082964, "
                                        + "1.011584]",
                        "logits.softmax(-1)",
                                "[[0.09003057, 0.2447285, 0.6652409], [0.09003057, 0.2447285, "
                                        + "0.6652409], [0, 0, 1]]",
                        "logits.softmax(-1).sum(-1)", "[1, 1, 1]",
                        "logits.softmax(-1).log()",
                                "[[-2.407606, -1.407606, -0.407606], [-2.407606, -1.407606, "
                                        + "-0.407606], [-inf, -inf, 0]]",
                        "logits.logSoftmax(-1)",
                                "[[-2.407606, -1.407606, -0.4076059], [-2.407606, -1.407606, "
                                        + "-0.4076059], [-200, -200, 0]]");
    }

    @TestFactory
    List<DynamicTest> losses() {
        return Shown.by(new LossFunctions())
                .facts(
                        "prediction.sub(target).square().mean()", "0.375",
                        "Losses.mse(prediction, target)", "0.375",
                        "Losses.mse(prediction, target, null, Reduction.SUM)", "1.5",
                        "Losses.mse(prediction, target, null, Reduction.NONE)",
                                "[0.25, 0.25, 0, 1]",
                        "Losses.huber(prediction, target, 0.4)", "0.14",
                        "Losses.l1(prediction, target)", "0.5",
                        "byRow", "[0.4170299, 0.1531782, 1.098612]",
                        "Losses.nll(logits.logSoftmax(-1), classes)", "0.5562735",
                        "Losses.crossEntropy(logits, classes, rare, 0, -100, Reduction.MEAN)",
                                "0.8274429",
                        "byRow.mean()", "0.5562735",
                        "Losses.crossEntropy(logits, classes)", "0.5562735",
                        "tape.gradients(loss).of(logits)",
                                "[[-0.1136663, 0.08081099, 0.0328553], [0.03870485, -0.04734107, "
                                        + "0.008636218], [0.1111111, 0.1111111, -0.2222222]]",
                        "logits.softmax(-1).sub(oneHot).div(3)",
                                "[[-0.1136663, 0.08081099, 0.0328553], [0.03870485, -0.04734107, "
                                        + "0.008636218], [0.1111111, 0.1111111, -0.2222222]]",
                        "y.mul(p.log()).add(y.neg().add(1).mul(no.log())).mean().neg()",
                                "0.3843314",
                        "Losses.binaryCrossEntropy(p, y)", "0.3843314",
                        "Losses.binaryCrossEntropyWithLogits(z, y)", "0.3843314",
                        "cut", "100",
                        "tape.gradients(cut).of(sure)", "[0]",
                        "right", "200",
                        "tape.gradients(right).of(sure)", "[1]");
    }

    @TestFactory
    List<DynamicTest> networkByHand() {
        return Shown.by(new NetworkByHand())
                .facts(
                        "z2",
                                "[[1.233781, -1.277822], [-0.1768826, 0.5473685], [-0.2832318, "
                                        + "0.4895884], [0.006851543, 0.1091978]]",
                        "loss", "0.4803525",
                        "dW1",
                                "[[0.05928162, -0.04661784, -0.1182052, 0.009864429], "
                                        + "[-0.004036472, -0.09513889, 0.1358563, -0.1689996], "
                                        + "[-0.006400167, -0.05296327, -0.2453244, 0.01300125]]",
                        "dB1", "[0.01793312, -0.2100122, -0.1193527, -0.2077764]",
                        "dW2",
                                "[[0.150637, -0.2456275], [-0.1649028, 0.04350882], [-0.1842025, "
                                        + "0.1102313], [0.1870352, -0.2689026]]",
                        "dB2", "[-0.3048703, -0.5329167]",
                        "numeric",
                                "[[0.05928162, -0.04661784, -0.1182052, 0.009864429], "
                                        + "[-0.004036472, -0.09513889, 0.1358563, -0.1689996], "
                                        + "[-0.006400167, -0.05296327, -0.2453244, 0.01300125]]");
    }

    @TestFactory
    List<DynamicTest> autograd() {
        return Shown.by(new Autograd())
                .facts(
                        "loss", "51.66667",
                        "gradients.of(x)", "[3.333333, 4.666667, 6]",
                        "gradients.of(y)", "[3.333333, 4.666667, 6]",
                        "x.add(y).mul(2).div(3)", "[3.333333, 4.666667, 6]",
                        "outer", "0.9588511",
                        "inner", "0.8775826",
                        "outer.mul(inner)", "0.841471",
                        "tape.gradients(c).of(a)", "0.841471",
                        "used twice", "4",
                        "detached", "0.5",
                        "total.of(a)", "91",
                        "first", "[3, 12, 27]",
                        "second", "[6, 12, 18]");
    }

    @TestFactory
    List<DynamicTest> optimizers() {
        return Shown.by(new Optimizers())
                .facts(
                        "sgd",
                                "[[2, 1], [1.84, -0.6], [1.6928, 0.3599999], [1.557376, "
                                        + "-0.2159999], [1.432786, 0.1296]]",
                        "momentum",
                                "[[2, 1], [1.98, 0.8], [1.9422, 0.46], [1.888758, 0.06200003], "
                                        + "[1.821773, -0.3086]]",
                        "average",
                                "[[2, 1], [1.998, 0.98], [1.994202, 0.9424], [1.98879, 0.889712], "
                                        + "[1.98193, 0.8244986]]",
                        "average at ten times the rate",
                                "[[2, 1], [1.98, 0.8], [1.9422, 0.46], [1.888758, 0.06200003], "
                                        + "[1.821773, -0.3086]]",
                        "nesterov",
                                "[[2, 1], [1.962, 0.62], [1.908522, 0.2224], [1.841788, "
                                        + "-0.108352], [1.76391, -0.324823]]",
                        "adam",
                                "[[2, 1], [1.9, 0.9], [1.800166, 0.8004122], [1.700623, "
                                        + "0.7015862], [1.601505, 0.6039391]]",
                        "m.div(v.sqrt())", "[3.162278, 3.162278]",
                        "mHat.div(vHat.sqrt())", "[1, 1]",
                        "sgd with decay",
                                "[[2, 1], [1.76, -0.64], [1.5488, 0.4095999], [1.362944, "
                                        + "-0.2621439], [1.199391, 0.1677721]]",
                        "adamw",
                                "[[2, 1], [1.8, 0.85], [1.610412, 0.7082484], [1.431025, "
                                        + "0.5749739], [1.261664, 0.4505146]]",
                        "clipped by norm",
                                "[[2, 1], [1.99204, 0.920397], [1.983433, 0.8408614], [1.974062, "
                                        + "0.761412], [1.963778, 0.6820759]]",
                        "clipped by value",
                                "[[2, 1], [1.92, 0.92], [1.84, 0.84], [1.76, 0.7600001], [1.68, "
                                        + "0.6800001]]",
                        "rmsprop",
                                "[[2, 1], [1.8, 0.8], [1.665836, 0.6746783], [1.559965, "
                                        + "0.5808664], [1.470778, 0.505651]]",
                        "cosine", "[1, 0.8535534, 0.5, 0.1464466, 0]",
                        "warm", "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 0.9996954]");
    }

    @TestFactory
    List<DynamicTest> pytorchParity() {
        return Shown.by(new PyTorchParity())
                .facts(
                        "logits",
                                "[[0.3566887, -1.065607, 0.4044591], [0.3854877, -1.132805,"
                                        + " 0.4236585]]",
                        "loss", "0.7976487",
                        "gradient of 0.weight",
                                "[[0.007045676, -0.005636241, 0.002256552, -0.003665989], "
                                        + "[-0.01418455, 0.01124421, -0.008741432, 0.01168177], "
                                        + "[-0.03541478, 0.02812466, -0.01973942, 0.02702954]]",
                        "gradient of 0.bias", "[-0.01557505, 0.01237711, -0.008347077, 0.01154501]",
                        "gradient of 1.weight", "[0, 0, -0.1546391, 0]",
                        "gradient of 1.bias", "[0, 0, -0.09707286, 0]",
                        "gradient of 3.weight",
                                "[[0, 0, 0], [0, 0, 0], [-0.1184329, 0.1586621, -0.04022917], [0,"
                                        + " 0, 0]]",
                        "gradient of 3.bias", "[-0.06023246, 0.1011662, -0.04093377]",
                        "net.apply(x) after a step",
                                "[[0.3931865, -1.128446, 0.422819], [0.4227008, -1.196199,"
                                        + " 0.4421287]]");
    }

    @TestFactory
    List<DynamicTest> attentionSteps() {
        return Shown.by(new AttentionSteps())
                .facts(
                        "scores",
                                "[[0.7071068, 0, 0.7071068], [0, 1.414214, 1.414214], [0.7071068, "
                                        + "0.7071068, 1.414214]]",
                        "weights",
                                "[[0.4011121, 0.1977758, 0.4011121], [0.1083834, 0.4458083, "
                                        + "0.4458083], [0.2482551, 0.2482551, 0.5034899]]",
                        "weights.matmul(v)",
                                "[[4, 5, 6], [5.012274, 6.012274, 7.012274], [4.765704, 5.765704, "
                                        + "6.765705]]",
                        "Functional.scaledDotProductAttention(q, k, v)",
                                "[[4, 5, 6], [5.012274, 6.012274, 7.012274], [4.765704, 5.765704, "
                                        + "6.765705]]",
                        "mask", "[[1, 0, 0], [1, 1, 0], [1, 1, 1]]",
                        "hidden.softmax(-1)",
                                "[[1, 0, 0], [0.1955703, 0.8044297, 0], [0.2482551, 0.2482551, "
                                        + "0.5034899]]",
                        "Functional.scaledDotProductAttention(q, k, v, mask, false, 0)",
                                "[[1, 2, 3], [3.413289, 4.413289, 5.413289], [4.765704, 5.765704, "
                                        + "6.765705]]",
                        "x.shape()", "[2, 5, 8]",
                        "x.slice(\"0, 0\").sub(x.slice(\"0, 3\")).abs().max()", "0",
                        "placed.slice(\"0, 0\")",
                                "[0.4946791, 0.6267947, 0.1826381, -0.4294351, -0.6466877, "
                                        + "-0.2693786, 0.3555959, 0.6536372]",
                        "placed.slice(\"0, 0\").sub(placed.slice(\"0, 3\")).abs().max()",
                                "0.5305121",
                        "waves.slice(\":, :4\")",
                                "[[0, 1, 0, 1], [0.841471, 0.5403023, 0.09983342, 0.9950042],"
                                    + " [0.9092974, -0.4161468, 0.1986693, 0.9800666], [0.14112,"
                                    + " -0.9899925, 0.2955202, 0.9553365], [-0.7568025, -0.6536436,"
                                    + " 0.3894184, 0.921061]]",
                        "mask.slice(\"1, 0\")",
                                "[[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [1, 1, 1, 0, "
                                        + "0], [1, 1, 1, 0, 0]]",
                        "weights.slice(\"1, 0\")",
                                "[[1, 0, 0, 0, 0], [0.4944532, 0.5055467, 0, 0, 0], [0.341598,"
                                    + " 0.3565533, 0.3018487, 0, 0], [0.3374663, 0.3382727,"
                                    + " 0.3242611, 0, 0], [0.33877, 0.3396708, 0.3215593, 0, 0]]",
                        "y.get(1)",
                                "[[0.2343086, 0.3718796, 0.1675462, -0.1908284, -0.3737562,"
                                    + " -0.2130544, 0.1435287, 0.3681522], [0.2404773, 0.3768756,"
                                    + " 0.1667762, -0.1966564, -0.3792841, -0.2131997, 0.1488995,"
                                    + " 0.3741012], [0.2116584, 0.3425882, 0.1585441, -0.1712648,"
                                    + " -0.3436136, -0.2000457, 0.1274433, 0.3377616], [0.2090871,"
                                    + " 0.3408046, 0.1591879, -0.1687854, -0.3415782, -0.2003255,"
                                    + " 0.1251054, 0.3355151], [0.2094076, 0.3410045, 0.1590833,"
                                    + " -0.1690983, -0.3418117, -0.200265, 0.1254044, 0.3357776]]",
                        "byHand.slice(\"0, 0\")",
                                "[0.7916172, 1.071482, 0.1306113, -1.165962, -1.626175, "
                                        + "-0.8269094, 0.4969931, 1.128343]",
                        "new LayerNorm(8).apply(x).slice(\"0, 0\")",
                                "[0.7916172, 1.071482, 0.1306113, -1.165962, -1.626175, "
                                        + "-0.8269094, 0.4969931, 1.128343]",
                        "feedForward.apply(x).slice(\"0, 0\")",
                                "[0.08015054, -0.3697995, -0.4797576, -0.1486288, 0.3191487, "
                                        + "0.4935023, 0.2141322, -0.2621101]",
                        "block.apply(x, mask, true).get(1)",
                                "[[-0.1496821, 0.3720963, 0.551771, 0.2241499, -0.3095534,"
                                    + " -0.558655, -0.2941317, 0.240815], [1.053558, 1.457102,"
                                    + " 0.5209932, -0.8941143, -1.487177, -0.7129363, 0.7167751,"
                                    + " 1.487487], [-0.3788991, -0.3001298, 0.05457765, 0.3591065,"
                                    + " 0.3334745, 0.001247704, -0.3321263, -0.3601448],"
                                    + " [-0.112569, 1.158447, 1.364392, 0.3159214, -1.023006,"
                                    + " -1.421386, -0.5129507, 0.8670895], [0.5800951, 1.689882,"
                                    + " 1.245999, -0.3434495, -1.617132, -1.404031, 0.09992973,"
                                    + " 1.512016]]");
    }

    @TestFactory
    List<DynamicTest> regularisation() {
        return Shown.by(new Regularisation())
                .facts(
                        "batchNorm.apply(x) in training",
                                "[[-1.069043, -1.341641], [-0.5345217, 0.4472137], [0, "
                                        + "-0.4472135], [1.603565, 1.341641]]",
                        "runningMean", "[0.3, 2.5]",
                        "runningVar", "[1.366667, 17.56667]",
                        "batchNorm.apply(x) in use",
                                "[[0.5987771, 1.789437], [1.454173, 6.56127], [2.309569, "
                                        + "4.175354], [4.875756, 8.947186]]",
                        "batchNorm.apply(x) with Mode.EVAL",
                                "[[0.5987771, 1.789437], [1.454173, 6.56127], [2.309569, "
                                        + "4.175354], [4.875756, 8.947186]]");
    }

    /** NumPy 2.4: {@code linalg.eigh} of {@code cov}. */
    @TestFactory
    List<DynamicTest> wordVectors() {
        return Shown.by(new WordVectors())
                .facts(
                        "cosines of king",
                                "[1, 0.8319665, 0.9037985, 0.7651071, 0.7251976, 0.5538561, "
                                        + "0.5784528, 0.4902633, 0.2485589, 0.2336853, 0.2693494, "
                                        + "0.2305025, 0.06070948, 0.0302188, 0.05060607]",
                        "king - man + woman", "[0.95, 0.95, 0.1, 0.9, 0.05, 0]",
                        "first",
                                "[0.4738065, 0.1512455, 0.1183025, 0.6727053, -0.2571262,"
                                        + " -0.4690313]",
                        "second",
                                "[-0.155517, 0.04990194, 0.4405508, -0.04869217, 0.7270318,"
                                        + " -0.4982901]",
                        "plane",
                                "[[0.6087314, -0.361388], [0.7448523, -0.3164763], [0.6088806,"
                                    + " -0.1064204], [0.7509167, -0.03948107], [0.2367197,"
                                    + " -0.1899404], [0.3728407, -0.1450286], [0.2742749,"
                                    + " 0.1400204], [0.4103958, 0.1849321], [-0.4730328,"
                                    + " 0.5325235], [-0.347998, 0.8514995], [-0.421476, 0.5318819],"
                                    + " [-0.3201316, 0.8586337], [-0.8145381, -0.6507207],"
                                    + " [-0.8072146, -0.6155353], [-0.823221, -0.6745004]]");
    }

    @Test
    void theTapeGivesTheGradientsByHand() {
        Shown shown = Shown.by(new NetworkByHand());
        for (String by : List.of("w1", "b1", "w2", "b2")) {
            assertEquals(0, shown.numbers("largest difference by " + by)[0], 1e-7, by);
        }
    }

    @Test
    void theTapeIsDrawnWithValuesAndGradients() {
        Shown shown = Shown.by(new ComputationGraph());
        // The values of x, then 2 (x + y) / 3.
        String x = shown.value("d loss / d x");
        assertTrue(x.contains("value    1 2 3"), x);
        assertTrue(x.contains("gradient      1 0.6667  3.333"), x);
        assertTrue(shown.value("graph.toDot()").contains("n0 -> n2;"), shown.text());
        assertEquals("13 nodes, 12 edges", shown.value("network"));
        assertTrue(shown.text().contains("graph-network.svg"), shown.text());
    }

    @Test
    void sigmoidsStopTheGradientAndReluDoesNot() {
        Shown shown = Shown.by(new NetworkByHand());
        double[] sigmoid = shown.numbers("gradient norms by layer, sigmoid");
        double[] relu = shown.numbers("gradient norms by layer, ReLU");
        assertEquals(10, sigmoid.length);
        for (int i = 1; i < sigmoid.length; i++) {
            assertTrue(sigmoid[i - 1] < sigmoid[i] / 2, shown.text());
        }
        assertTrue(relu[0] > relu[9] / 10, shown.text());
    }

    @Test
    void dropoutKeepsTheMean() {
        Shown shown = Shown.by(new Regularisation());
        // Of 10 000 elements: five standard deviations.
        assertEquals(0.5, shown.numbers("dropped.eq(0).mean()")[0], 0.025);
        assertEquals(2, shown.numbers("dropped.max()")[0]);
        assertEquals(1, shown.numbers("dropped.mean()")[0], 0.05);
        assertEquals(1, shown.numbers("dropout.apply(ones).min()")[0]);
    }

    @Test
    void regularisationLearnsLessByHeartAndKnowsMore() {
        for (String seed : List.of("0", "1", "2")) {
            Shown shown = Shown.by(new Regularisation(), "--seed", seed);
            double plain = shown.numbers("plain, right of those trained on")[0];
            double regular = shown.numbers("regularised, right of those trained on")[0];
            assertTrue(plain > regular + 0.05, shown.text());
            double plainNew = shown.numbers("plain, right of new ones")[0];
            double regularNew = shown.numbers("regularised, right of new ones")[0];
            assertTrue(regularNew > plainNew + 0.05, shown.text());
        }
    }

    @Test
    void wordsHaveTheirNeighbours() {
        Shown shown = Shown.by(new WordVectors());
        assertEquals("prince, queen, princess", shown.value("neighbours of king"));
        assertEquals("puppy, cat, dog", shown.value("neighbours of kitten"));
        assertEquals("pear, bread, girl", shown.value("neighbours of apple"));
        assertEquals("queen, princess, prince", shown.value("neighbours of king - man + woman"));
    }
}
