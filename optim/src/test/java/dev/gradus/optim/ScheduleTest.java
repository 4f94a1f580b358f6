package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** The learning rates of the first 20 steps are those of PyTorch 1.13.1, from a rate of 1. */
class ScheduleTest {
    static Stream<Arguments> pyTorch() {
        return Stream.of(
                row(
                        "step",
                        Schedule.step(4, 0.5),
                        "1 1 1 1 0.5 0.5 0.5 0.5 0.25 0.25 0.25 0.25 0.125 0.125 0.125 0.125 0.0625"
                                + " 0.0625 0.0625 0.0625"),
                row(
                        "multi-step",
                        Schedule.multiStep(0.2, 3, 7, 7, 15),
                        "1 1 1 0.2 0.2 0.2 0.2 0.008 0.008 0.008 0.008 0.008 0.008 0.008 0.008"
                                + " 0.0016 0.0016 0.0016 0.0016 0.0016"),
                row(
                        "exponential",
                        Schedule.exponential(0.9),
                        "1 0.9 0.81 0.729 0.6561 0.59049 0.531441 0.4782969 0.43046721 0.387420489"
                                + " 0.3486784401 0.31381059609 0.282429536481 0.254186582833"
                                + " 0.22876792455 0.205891132095 0.185302018885 0.166771816997"
                                + " 0.150094635297 0.135085171767"),
                row(
                        "cosine",
                        Schedule.cosine(12, 0.1),
                        "1 0.98466662183 0.939711431703 0.868198051534 0.775 0.666468570296 0.55"
                            + " 0.433531429704 0.325 0.231801948466 0.160288568297 0.11533337817"
                            + " 0.1 0.11533337817 0.160288568297 0.231801948466 0.325"
                            + " 0.433531429704 0.55 0.666468570296"),
                row(
                        "cosine to 0",
                        Schedule.cosine(19, 0),
                        "1 0.993180651701 0.97290862085 0.939736875603 0.894570254698"
                                + " 0.838640785813 0.773474079061 0.700847712326 0.62274274357"
                                + " 0.541289672736 0.458710327264 0.37725725643 0.299152287674"
                                + " 0.226525920939 0.161359214187 0.105429745302 0.0602631243968"
                                + " 0.0270913791497 0.00681934829864 0"),
                row(
                        "linear",
                        Schedule.linear(9, 0.25, 0.75),
                        "0.25 0.305555555556 0.361111111111 0.416666666667 0.472222222222"
                            + " 0.527777777778 0.583333333333 0.638888888889 0.694444444444 0.75"
                            + " 0.75 0.75 0.75 0.75 0.75 0.75 0.75 0.75 0.75 0.75"),
                row(
                        "warm-up",
                        Schedule.warmup(8),
                        "0.125 0.25 0.375 0.5 0.625 0.75 0.875 1 1 1 1 1 1 1 1 1 1 1 1 1"),
                row(
                        "one-cycle",
                        Schedule.oneCycle(20),
                        "0.04 0.1316718427 0.3716718427 0.6683281573 0.9083281573 1 0.987464006235"
                            + " 0.950484632013 0.890916177571 0.81174565395 0.716943001791"
                            + " 0.611262021936 0.500002 0.388741978064 0.283060998209 0.18825834605"
                            + " 0.109087822429 0.0495193679865 0.0125399937649 4e-06"),
                row(
                        "one-cycle, all",
                        Schedule.oneCycle(25, 0.4, 10, 100),
                        "0.1 0.127138320646 0.205280000596 0.325 0.47185832005 0.62814167995 0.775"
                            + " 0.894719999404 0.972861679354 1 0.989084726567 0.956815956092"
                            + " 0.90460398869 0.834730737876 0.75025 0.65485398869 0.552711967402"
                            + " 0.448288032598 0.34614601131 0.25075"),
                row(
                        "chained",
                        Schedule.warmup(8).times(Schedule.exponential(0.9)),
                        "0.125 0.225 0.30375 0.3645 0.4100625 0.4428675 0.465010875 0.4782969"
                            + " 0.43046721 0.387420489 0.3486784401 0.31381059609 0.282429536481"
                            + " 0.254186582833 0.22876792455 0.205891132095 0.185302018885"
                            + " 0.166771816997 0.150094635297 0.135085171767"),
                row(
                        "sequential",
                        Schedule.warmup(5).then(5, Schedule.exponential(0.9)),
                        "0.2 0.4 0.6 0.8 1 1 0.9 0.81 0.729 0.6561 0.59049 0.531441 0.4782969"
                            + " 0.43046721 0.387420489 0.3486784401 0.31381059609 0.282429536481"
                            + " 0.254186582833 0.22876792455"),
                row(
                        "sequential of three",
                        Schedule.constant(0.5)
                                .then(5, Schedule.step(2, 0.5))
                                .then(12, Schedule.exponential(0.9)),
                        "0.5 0.5 0.5 0.5 0.5 1 1 0.5 0.5 0.25 0.25 0.125 1 0.9 0.81 0.729 0.6561"
                                + " 0.59049 0.531441 0.4782969"),
                row(
                        "sequential cos",
                        Schedule.warmup(5).then(5, Schedule.cosine(14, 0.1)),
                        "0.2 0.4 0.6 0.8 1 1 0.988717560482 0.955435990556 0.901824167111"
                                + " 0.830570410836 0.745247682603 0.65013442028 0.55 0.44986557972"
                                + " 0.354752317397 0.269429589164 0.198175832889 0.144564009444"
                                + " 0.111282439518 0.1"));
    }

    private static Arguments row(String name, Schedule schedule, String rates) {
        return Arguments.of(name, schedule, rates);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void firstSteps(String name, Schedule schedule, String rates) {
        String[] expected = rates.split(" ", -1);
        assertEquals(20, expected.length);
        for (int step = 19; step >= 0; step--) { // in any order: a function of the step alone
            double rate = Double.parseDouble(expected[step]);
            assertEquals(rate, schedule.factor(step), 1e-11 * rate + 1e-15, name + " " + step);
        }
    }

    @Test
    void theEnds() {
        assertEquals(1, Schedule.warmup(1).factor(0));
        assertEquals(4e-6, Schedule.oneCycle(20).factor(1000), 1e-18);
        assertEquals(1, Schedule.oneCycle(20, 0, 25, 1e4).factor(0), "nothing but the fall");
        assertEquals(4e-6, Schedule.oneCycle(20, 0, 25, 1e4).factor(19), 1e-18);
        assertEquals(1, Schedule.oneCycle(20, 1, 25, 1e4).factor(19), "nothing but the rise");
        assertEquals(4e-6, Schedule.oneCycle(20, 1, 25, 1e4).factor(20), 1e-18);
        assertEquals(0, Schedule.cosine(10, 0).factor(10), 1e-15);
        Schedule own = step -> 1 / Math.sqrt(1 + step);
        assertEquals(0.25, own.times(Schedule.constant(0.5)).factor(3));
    }

    @Test
    void argumentsAreChecked() {
        error("step: every must be at least 1, not 0", () -> Schedule.step(0, 0.5));
        error("cosine: steps must be at least 1, not -1", () -> Schedule.cosine(-1, 0.5));
        error("linear: steps must be at least 1, not 0", () -> Schedule.linear(0, 0, 1));
        error("warmup: steps must be at least 1, not 0", () -> Schedule.warmup(0));
        error("oneCycle: steps must be at least 2, not 1", () -> Schedule.oneCycle(1));
        error(
                "oneCycle: rise must be in 0 … 1, not 30.0",
                () -> Schedule.oneCycle(100, 30, 25, 1e4));
        error(
                "oneCycle: the divisors must be above 0, not 0.0 and 100.0",
                () -> Schedule.oneCycle(100, 0.3, 0, 100));
    }

    private static void error(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
