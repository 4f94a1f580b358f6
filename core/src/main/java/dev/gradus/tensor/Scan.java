package dev.gradus.tensor;

import dev.gradus.shape.Slice;

import java.util.Arrays;
import java.util.function.BinaryOperator;

/**
 * Running results along an axis, in ⌈log₂ n⌉ steps over whole tensors: after the step of distance d
 * each element joins the 2d before it (Hillis and Steele, <em>Data Parallel Algorithms</em>, 1986).
 * So no element waits for the one before it on any device, and sums round less than one after
 * another.
 */
final class Scan {
    private Scan() {}

    /** The results of joining the elements up to each one along an axis 0 … ndim − 1. */
    static Tensor of(Tensor x, int axis, BinaryOperator<Tensor> join) {
        Tensor running = x;
        for (long d = 1; d < x.size(axis); d *= 2) {
            int distance = (int) d;
            Tensor first = running.slice(along(axis, Slice.to(distance)));
            Tensor later = running.slice(along(axis, Slice.from(distance)));
            Tensor before = running.slice(along(axis, Slice.to(-distance)));
            running = Tensor.concat(axis, first, join.apply(before, later));
        }
        return running;
    }

    private static Slice[] along(int axis, Slice slice) {
        Slice[] slices = new Slice[axis + 1];
        Arrays.fill(slices, Slice.ALL);
        slices[axis] = slice;
        return slices;
    }

    /** Running sums; the gradient is the sum of the cotangents from each element on. */
    record Cumsum(int axis) implements Op {
        @Override
        public String name() {
            return "cumsum";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Tensor sums = of(x[0], axis, Tensor::add);
            return sums == x[0] ? x[0].copy() : sums;
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            Slice[] back = along(axis, Slice.step(-1));
            return new Tensor[] {g.slice(back).cumsum(axis).slice(back)};
        }
    }
}
