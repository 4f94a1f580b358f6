package dev.gradus.tensor;

import dev.gradus.shape.DType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The gradients of operations that a backend performed as one kernel, without a tape. */
final class FusedGradients {
    private FusedGradients() {}

    /** One such operation, and what it left for its backward pass. */
    record Performed(Op op, Tensor[] in, Tensor result, Tensor[] extras) implements Op.Saved {
        @Override
        public Tensor input(int i) {
            return in[i];
        }

        @Override
        public Tensor extra(int i) {
            return extras[i];
        }

        @Override
        public int inputs() {
            return in.length;
        }

        @Override
        public boolean needs(int i) {
            return true;
        }

        /** The cotangents of all inputs, for a random one of the result. */
        List<Tensor> gradients() {
            Tensor g =
                    Arrangement.DENSE.random(result.backend(), DType.FLOAT32, result.shape(), 11);
            List<Tensor> gradients = new ArrayList<>();
            for (Tensor gradient : op.vjp(this, g)) {
                if (gradient != null) {
                    gradients.add(gradient);
                }
            }
            return gradients;
        }
    }

    /** The first fused operation that a row performs; null if the backend has no kernel for it. */
    static @Nullable Performed perform(Row row, Tensor... x) {
        List<Performed> all = new ArrayList<>();
        Recorder former = Recorder.install(new Listener(all));
        try {
            Objects.requireNonNull(row.apply(x));
        } finally {
            Recorder.install(former);
        }
        return all.isEmpty() ? null : all.getFirst();
    }

    /** Collects fused operations. */
    private static final class Listener extends Recorder {
        private final List<Performed> all;

        Listener(List<Performed> all) {
            this.all = all;
        }

        @Override
        public void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras) {
            if (op instanceof FusedOp) {
                all.add(new Performed(op, inputs, result, extras));
            }
        }

        @Override
        public void own(Tensor... made) {}

        @Override
        public boolean isNested() {
            return false;
        }

        @Override
        public boolean accepts(Object owner) {
            return true;
        }
    }
}
