package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The same bits as one group after the other, however the groups are cut for the threads. */
class EachKernelTest {
    private static final int[][] SMALL = {{3}, {5, 7}, {}, {0, 4}, {64}, {1, 1, 513}};
    private static final int[][] MIXED = {{3}, {300, 700}, {0}, {17, 5}, {100_001}, {1}, {3, 2000}};

    /** Momentum: two results over what they replace. */
    private static final Program STEP = step();

    private final CpuBackend backend = new CpuBackend();

    private static Program step() {
        Expr velocity = Expr.in(1).mul(Expr.scalar(0)).add(Expr.in(2));
        return Program.of(Expr.in(0).sub(velocity.tanh().mul(Expr.scalar(1))), velocity);
    }

    @Test
    void smallGroups() {
        check(SMALL, false);
    }

    @Test
    void smallAndLargeGroups() {
        check(MIXED, false);
    }

    @Test
    void inputsOfOtherLayouts() {
        check(SMALL, true);
        check(MIXED, true);
    }

    private void check(int[][] shapes, boolean rearranged) {
        double[] scalars = {0.9, 0.1};
        Fused.MapEach each = new Fused.MapEach(STEP, shapes.length, scalars);
        List<View> in = new ArrayList<>();
        List<View> out = new ArrayList<>();
        views(shapes, rearranged, in, out);
        for (int g = 0; g < shapes.length; g++) {
            backend.map(
                    STEP,
                    in.subList(3 * g, 3 * g + 3).toArray(View[]::new),
                    scalars,
                    out.subList(2 * g, 2 * g + 2).toArray(View[]::new));
        }
        List<View> fusedIn = new ArrayList<>();
        List<View> fusedOut = new ArrayList<>();
        views(shapes, rearranged, fusedIn, fusedOut);
        assertTrue(backend.run(each, fusedIn.toArray(View[]::new), fusedOut.toArray(View[]::new)));
        for (int i = 0; i < in.size(); i++) {
            assertArrayEquals(
                    HostBuffer.floats(in.get(i)),
                    HostBuffer.floats(fusedIn.get(i)),
                    "view " + i % 3 + " of group " + i / 3);
        }
    }

    /** The same numbers at each call: of a group, value and velocity, which are results, and g. */
    private static void views(int[][] shapes, boolean rearranged, List<View> in, List<View> out) {
        Random random = new Random(5);
        for (int[] dims : shapes) {
            Shape shape = Shape.of(dims);
            for (int i = 0; i < 3; i++) {
                float[] data = new float[shape.size()];
                for (int j = 0; j < data.length; j++) {
                    data[j] = (float) random.nextGaussian();
                }
                Layout layout = Layout.contiguous(shape);
                if (i == 2 && rearranged && dims.length == 2) {
                    layout = Layout.contiguous(Shape.of(dims[1], dims[0])).permute(1, 0);
                }
                View v = new View(new HostBuffer(DType.FLOAT32, data.length, data), layout);
                in.add(v);
                if (i < 2) {
                    out.add(v);
                }
            }
        }
    }
}
