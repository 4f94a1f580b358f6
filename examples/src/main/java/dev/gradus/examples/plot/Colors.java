package dev.gradus.examples.plot;

import java.awt.Color;
import java.util.List;

/**
 * The palette of Okabe and Ito, "Color Universal Design" (2008), and colour ramps made from it
 * whose lightness runs one way, so that they read in grey, too.
 */
final class Colors {
    private static final Color BLUE = new Color(0x0072B2);
    private static final Color VERMILLION = new Color(0xD55E00);
    private static final Color GREEN = new Color(0x009E73);
    private static final Color ORANGE = new Color(0xE69F00);
    private static final Color PURPLE = new Color(0xCC79A7);
    private static final Color SKY = new Color(0x56B4E9);

    /** Yellow, the eighth, is left to marks with a dark rim: on white it can't be seen. */
    static final Color YELLOW = new Color(0xF0E442);

    static final Color INK = new Color(0x222222);
    static final Color GRID = new Color(0xDDDDDD);
    static final Color MISSING = new Color(0x999999);
    static final Color CONTOUR = new Color(0x8A8A8A);

    private static final List<Color> SERIES =
            List.of(BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, Color.BLACK);

    /** Small to large. */
    static final List<Color> SEQUENTIAL =
            List.of(Color.WHITE, new Color(0xA9D6F2), SKY, BLUE, new Color(0x00304F));

    /** Negative, zero, positive. */
    static final List<Color> DIVERGING = List.of(BLUE, Color.WHITE, VERMILLION);

    /** Class 0 to class 1: the colours of the first two series, light enough for points on top. */
    static final List<Color> CLASSES = List.of(light(BLUE), Color.WHITE, light(VERMILLION));

    /** Light greys, behind coloured paths. */
    static final List<Color> BACKDROP = List.of(Color.WHITE, new Color(0xB4B8BE));

    private Colors() {}

    /** The colour of the {@code index}-th series; they repeat after seven. */
    static Color ofSeries(int index) {
        return SERIES.get(index % SERIES.size());
    }

    /** How often the colours have been used up before the {@code index}-th series. */
    static int round(int index) {
        return index / SERIES.size();
    }

    /** The place at {@code fraction} (cut to 0..1) of a ramp of equally spaced colours. */
    static Color on(List<Color> ramp, double fraction) {
        double place = Math.clamp(fraction, 0.0, 1.0) * (ramp.size() - 1);
        int index = Math.min((int) place, ramp.size() - 2);
        return mix(ramp.get(index), ramp.get(index + 1), place - index);
    }

    /** Black or white, whichever reads better on {@code background}. */
    static Color textOn(Color background) {
        double luma =
                0.299 * background.getRed()
                        + 0.587 * background.getGreen()
                        + 0.114 * background.getBlue();
        return luma > 140 ? INK : Color.WHITE;
    }

    private static Color light(Color color) {
        return mix(Color.WHITE, color, 0.5);
    }

    private static Color mix(Color a, Color b, double t) {
        return new Color(
                mix(a.getRed(), b.getRed(), t),
                mix(a.getGreen(), b.getGreen(), t),
                mix(a.getBlue(), b.getBlue(), t));
    }

    private static int mix(int a, int b, double t) {
        return (int) Math.round(a + (b - a) * t);
    }
}
