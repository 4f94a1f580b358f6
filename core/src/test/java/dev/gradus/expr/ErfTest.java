package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The error function against values computed with 40 digits (mpmath 1.3). */
class ErfTest {
    private static final double[][] KNOWN = {
        {0, 0},
        {1e-300, 1.1283791670955125739e-300},
        {1e-20, 1.128379167095512574e-20},
        {1e-8, 1.1283791670955125363e-8},
        {0.001, 0.0011283787909692363802},
        {0.1, 0.11246291601828489220},
        {0.25, 0.27632639016823693299},
        {0.5, 0.52049987781304653768},
        {0.84375, 0.76722566123234163346},
        {1, 0.84270079294971486934},
        {1.25, 0.92290012825645823014},
        {1.5, 0.96610514647531072707},
        {2, 0.99532226501895273416},
        {2.4999, 0.99959283009966654862},
        {2.5, 0.99959304798255504106},
        {2.5001, 0.99959326575652932026},
        {3, 0.99997790950300141456},
        {3.5, 0.99999925690162765859},
        {4, 0.99999998458274209972},
        {4.5, 0.99999999980338395585},
        {5, 0.99999999999846254021},
        {5.5, 0.99999999999999264215},
        {5.9, 0.9999999999999999281},
        {6, 1},
        {10, 1},
        {Double.POSITIVE_INFINITY, 1},
    };

    @Test
    void knownValuesAndTheirMirrorImages() {
        for (double[] row : KNOWN) {
            assertEquals(row[1], Erf.erf(row[0]), 1e-14 * row[1], "erf " + row[0]);
            assertEquals(-row[1], Erf.erf(-row[0]), 1e-14 * row[1], "erf " + -row[0]);
        }
        assertTrue(Double.isNaN(Erf.erf(Double.NaN)));
        assertEquals(-0.0, Erf.erf(-0.0));
        assertEquals(Double.MIN_VALUE, Erf.erf(Double.MIN_VALUE));
    }

    @Test
    void growsWithoutAStepWhereTheFormulaChanges() {
        for (double x = 2.4; x < 2.6; x += 1e-5) {
            double rise = Erf.erf(x + 1e-5) - Erf.erf(x);
            double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
            assertEquals(slope, rise / 1e-5, 1e-4 * slope + 1e-10, "at " + x);
        }
    }
}
