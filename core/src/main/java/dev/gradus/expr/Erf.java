package dev.gradus.expr;

/** The error function in double, to about 1e-15 relative: the JDK has none. */
final class Erf {
    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private Erf() {}

    /**
     * Near zero the Maclaurin-type series erf x = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), all
     * of whose terms are positive (Abramowitz and Stegun 7.1.6); beyond 2.5 one minus the continued
     * fraction of erfc (7.1.14), evaluated from the inside with a fixed number of levels.
     */
    static double erf(double x) {
        double a = Math.abs(x);
        if (!(a < 6)) {
            return Double.isNaN(x) ? x : Math.copySign(1, x);
        }
        double tail = TWO_OVER_SQRT_PI * StrictMath.exp(-a * a);
        if (a < 2.5) {
            double term = a;
            double sum = a;
            for (int n = 1; term > sum * 1e-17; n++) {
                term *= 2 * a * a / (2 * n + 1);
                sum += term;
            }
            return Math.copySign(tail * sum, x);
        }
        double fraction = a;
        for (int n = 60; n >= 1; n--) {
            fraction = a + n / 2.0 / fraction;
        }
        return Math.copySign(1 - tail / 2 / fraction, x);
    }
}
