package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Operations that are neither element-wise nor a reduction nor a movement. */
sealed interface Structural extends Op {
    /** {@code [b…, m, k] · [b…, k, n] → [b…, m, n]}, the batch axes broadcast. */
    record MatMul() implements Structural {
        @Override
        public String name() {
            return "matmul";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Shape a = x[0].shape();
            Shape b = x[1].shape();
            if (a.rank() == 2 && b.rank() == 2) {
                Tensor out = x[0].fresh(Shape.of(a.dim(0), b.dim(1)), x[0].dtype());
                out.backend().matmul(x[0].view(), x[1].view(), out.view());
                return out;
            }
            Shape batch = Shape.broadcast("matmul (batch axes)", batch(a), batch(b));
            Tensor out = x[0].fresh(with(batch, a.dim(-2), b.dim(-1)), x[0].dtype());
            out.backend()
                    .matmul(
                            stretched(x[0], with(batch, a.dim(-2), a.dim(-1))),
                            stretched(x[1], with(batch, b.dim(-2), b.dim(-1))),
                            out.view());
            return out;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            Tensor a = saved.input(0);
            Tensor b = saved.input(1);
            return new @Nullable Tensor[] {
                saved.needs(0) ? g.matmul(b.transpose(-1, -2)).sumTo(a.shape()) : null,
                saved.needs(1) ? a.transpose(-1, -2).matmul(g).sumTo(b.shape()) : null
            };
        }

        private static Shape batch(Shape s) {
            return Shape.of(Arrays.copyOf(s.toArray(), s.rank() - 2));
        }

        private static Shape with(Shape batch, int rows, int columns) {
            int[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
            dims[batch.rank()] = rows;
            dims[batch.rank() + 1] = columns;
            return Shape.of(dims);
        }

        private static View stretched(Tensor t, Shape shape) {
            return t.view().with(t.view().layout().expand(shape));
        }
    }

    /** Tensors one after another along an axis. */
    record Concat(int axis) implements Structural {
        /** For an error: what would let two shapes be joined after all, if there is a way. */
        static String hint(Shape a, Shape b) {
            if (Math.abs(a.rank() - b.rank()) == 1) {
                return "; unsqueeze gives " + (a.rank() < b.rank() ? a : b) + " one more axis";
            }
            int differing = 0;
            int last = 0;
            for (int i = 0; i < a.rank() && a.rank() == b.rank(); i++) {
                if (a.dim(i) != b.dim(i)) {
                    differing++;
                    last = i;
                }
            }
            return differing == 1 ? "; along axis " + last + " they could be joined" : "";
        }

        @Override
        public String name() {
            return "concat";
        }

        @Override
        public Tensor forward(Tensor... x) {
            int[] dims = x[0].shape().toArray();
            long total = 0;
            for (Tensor t : x) {
                total += t.shape().dim(axis);
            }
            if (total > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "concat: "
                                + total
                                + " along axis "
                                + axis
                                + " are more elements than an array can hold");
            }
            dims[axis] = (int) total;
            Tensor out = x[0].fresh(Shape.of(dims), x[0].dtype());
            int at = 0;
            for (Tensor t : x) {
                int next = at + t.shape().dim(axis);
                Layout part = out.view().layout().slice(part(at, next));
                out.backend().copy(t.view(), out.view().with(part));
                at = next;
            }
            return out;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            @Nullable Tensor[] grads = new Tensor[saved.inputs()];
            int at = 0;
            for (int i = 0; i < grads.length; i++) {
                int next = at + saved.input(i).shape().dim(axis);
                grads[i] = saved.needs(i) ? g.slice(part(at, next)) : null;
                at = next;
            }
            return grads;
        }

        private Slice[] part(int from, int to) {
            Slice[] slices = new Slice[axis + 1];
            Arrays.fill(slices, Slice.ALL);
            slices[axis] = Slice.range(from, to);
            return slices;
        }
    }

    /** Rows of a table by index: inputs (table [rows, j…], index [i…]) → [i…, j…]. */
    record Gather() implements Structural {
        @Override
        public String name() {
            return "gather";
        }

        @Override
        public Tensor forward(Tensor... x) {
            int[] rows = x[1].shape().toArray();
            int[] table = x[0].shape().toArray();
            int[] dims = Arrays.copyOf(rows, rows.length + table.length - 1);
            System.arraycopy(table, 1, dims, rows.length, table.length - 1);
            Tensor out = x[0].fresh(Shape.of(dims), x[0].dtype());
            x[0].backend().gather(x[0].view(), x[1].view(), out.view());
            return out;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            Op scatter = new ScatterAdd(saved.input(0).shape());
            return new @Nullable Tensor[] {Op.apply(scatter, g, saved.input(1)), null};
        }
    }

    /** The transpose of {@link Gather}: rows of (source, index) added up in a table of zeros. */
    record ScatterAdd(Shape table) implements Structural {
        @Override
        public String name() {
            return "scatterAdd";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Tensor out = x[0].fresh(table, x[0].dtype());
            out.fill(0);
            out.backend().scatterAdd(x[0].view(), x[1].view(), out.view());
            return out;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            return new @Nullable Tensor[] {Op.apply(new Gather(), g, saved.input(1)), null};
        }
    }

    /** Another dtype. */
    record Cast(DType dtype) implements Structural {
        @Override
        public String name() {
            return "to";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Tensor out = x[0].fresh(x[0].shape(), dtype);
            out.backend().copy(x[0].view(), out.view());
            return out;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            DType from = saved.input(0).dtype();
            return new @Nullable Tensor[] {
                dtype.isFloating() && from.isFloating() ? g.to(from) : null
            };
        }
    }

    /** Another backend. */
    record Transfer(Backend target) implements Structural {
        @Override
        public String name() {
            return "to";
        }

        @Override
        public Tensor forward(Tensor... x) {
            Object data = x[0].backend().download(x[0].view());
            return Tensor.wrap(target, target.upload(x[0].dtype(), data), x[0].shape());
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.to(saved.input(0).backend())};
        }
    }
}
