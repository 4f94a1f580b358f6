package dev.gradus.tensor;

import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.List;

/** Operations that only rearrange: arithmetic on the layout, which no backend sees. */
sealed interface Movement extends Op {
    /** The same elements under another shape; copies only where the layout cannot express it. */
    record Reshape(Shape shape) implements Movement {
        @Override
        public String name() {
            return "reshape";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Layout moved = x[0].view().layout().reshape(shape);
            return moved != null
                    ? x[0].seenThrough(moved)
                    : x[0].copy().seenThrough(Layout.contiguous(shape));
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.reshape(saved.input(0).shape())};
        }
    }

    /** The axes in another order. */
    record Permute(int... axes) implements Movement {
        @Override
        public String name() {
            return "permute";
        }

        @Override
        public Tensor forward(Tensor... x) {
            return x[0].seenThrough(x[0].view().layout().permute(axes));
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            int[] inverse = new int[axes.length];
            for (int i = 0; i < axes.length; i++) {
                inverse[Math.floorMod(axes[i], axes.length)] = i;
            }
            return new Tensor[] {g.permute(inverse)};
        }
    }

    /** Axes of size 1, and new ones in front, repeated. */
    record Expand(Shape shape) implements Movement {
        @Override
        public String name() {
            return "expand";
        }

        @Override
        public Tensor forward(Tensor... x) {
            return x[0].seenThrough(x[0].view().layout().expand(shape));
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.sumTo(saved.input(0).shape())};
        }
    }

    /** A part of each axis. */
    record Select(List<Slice> slices) implements Movement {
        @Override
        public String name() {
            return "slice";
        }

        @Override
        public Tensor forward(Tensor... x) {
            return x[0].seenThrough(x[0].view().layout().slice(slices.toArray(Slice[]::new)));
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            Op embed = new Embed("gradient of slice", saved.input(0).shape(), slices, 0);
            return new Tensor[] {Op.apply(embed, g)};
        }
    }

    /**
     * One value everywhere, but the input in the selected places; with zeros it is the transpose of
     * {@link Select}.
     */
    record Embed(String name, Shape shape, List<Slice> slices, double value) implements Movement {
        @Override
        public Tensor forward(Tensor... x) {
            Tensor out = x[0].fresh(shape, x[0].dtype());
            out.fill(value);
            Layout part = out.view().layout().slice(slices.toArray(Slice[]::new));
            x[0].backend().copy(x[0].view(), out.view().with(part));
            return out;
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.slice(slices.toArray(Slice[]::new))};
        }
    }
}
