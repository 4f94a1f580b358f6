package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Distribution;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

/** What {@link Backend#random} promises. */
interface RandomContract {
    /** The backend on trial. */
    Backend backend();

    @Test
    default void uniformNumbersHaveTheReferencesBits() {
        for (int n : new int[] {0, 1, 3, 4, 5, 17, 4095, 4097, 50_001}) {
            for (long seed : new long[] {0, 1, -1, 1L << 40}) {
                for (long first : new long[] {0, 5, (1L << 32) - 2}) {
                    assertArrayEquals(
                            draw(Backends.get("reference"), Distribution.UNIFORM, seed, first, n),
                            draw(backend(), Distribution.UNIFORM, seed, first, n),
                            0f);
                }
            }
        }
    }

    @Test
    default void normalNumbersAreTheReferencesToRounding() {
        for (int n : new int[] {1, 2, 3, 5, 17, 4097, 50_001}) {
            assertArrayEquals(
                    draw(Backends.get("reference"), Distribution.NORMAL, 3, 9, n),
                    draw(backend(), Distribution.NORMAL, 3, 9, n),
                    1e-6f);
        }
    }

    @Test
    default void aNumberDependsOnItsCounterAlone() {
        for (Distribution distribution : Distribution.values()) {
            float[] all = draw(backend(), distribution, 7, 0, 10_000);
            float[] later = draw(backend(), distribution, 7, 100, 600);
            for (int i = 0; i < later.length; i++) {
                assertEquals(all[400 + i], later[i], distribution + " " + i);
            }
            assertNotEquals(all[0], draw(backend(), distribution, 8, 0, 1)[0]);
        }
    }

    private static float[] draw(
            Backend b, Distribution distribution, long seed, long first, int n) {
        Tensor out = Tensor.wrap(b, b.allocate(DType.FLOAT32, n), Shape.of(n));
        b.random(distribution, seed, first, out.view());
        return out.toFloatArray();
    }
}
