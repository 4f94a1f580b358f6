package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every path against a loop over plain numbers, with derivatives found by hand. */
class RosenbrockTest {
    private static final int STEPS = 200;

    @ParameterizedTest
    @EnumSource
    void walksAsPlainNumbersDo(Method method) {
        double[][] expected = plainWalk(method, method.rate());
        double[][] path = Rosenbrock.walk(method, method.rate(), STEPS, () -> {});
        assertEquals(STEPS + 1, path.length);
        for (int i = 0; i <= STEPS; i++) {
            assertArrayEquals(expected[i], path[i], 1e-9, method + ", step " + i);
        }
    }

    private static double[][] plainWalk(Method method, double rate) {
        double[] p = {-1, 2};
        double[] v = new double[2];
        double[] s = new double[2];
        double[][] path = new double[STEPS + 1][];
        path[0] = p.clone();
        for (int step = 1; step <= STEPS; step++) {
            double[] direction = method == Method.NEWTON ? newton(p) : gradient(p);
            for (int i = 0; i < 2; i++) {
                double g = direction[i];
                switch (method) {
                    case SGD, NEWTON -> {}
                    case MOMENTUM -> {
                        v[i] = 0.9 * v[i] + g;
                        direction[i] = v[i];
                    }
                    case AVERAGE -> {
                        v[i] = 0.9 * v[i] + 0.1 * g;
                        direction[i] = v[i];
                    }
                    case NESTEROV -> {
                        v[i] = 0.9 * v[i] + g;
                        direction[i] = g + 0.9 * v[i];
                    }
                    case ADAM -> {
                        v[i] = 0.9 * v[i] + 0.1 * g;
                        s[i] = 0.999 * s[i] + 0.001 * g * g;
                        double mean = v[i] / (1 - Math.pow(0.9, step));
                        double square = s[i] / (1 - Math.pow(0.999, step));
                        direction[i] = mean / (Math.sqrt(square) + 1e-8);
                    }
                }
                p[i] -= rate * direction[i];
            }
            path[step] = p.clone();
        }
        return path;
    }

    private static double[] gradient(double[] p) {
        double above = p[1] - p[0] * p[0];
        return new double[] {-2 * (1 - p[0]) - 400 * p[0] * above, 200 * above};
    }

    /** H⁻¹ g, where H = [[2 + 1200 x² − 400 y, −400 x], [−400 x, 200]]. */
    private static double[] newton(double[] p) {
        double[] g = gradient(p);
        double xx = 2 + 1200 * p[0] * p[0] - 400 * p[1];
        double xy = -400 * p[0];
        double determinant = 200 * xx - xy * xy;
        return new double[] {
            (200 * g[0] - xy * g[1]) / determinant, (xx * g[1] - xy * g[0]) / determinant
        };
    }
}
