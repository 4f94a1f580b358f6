package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.shape.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A tensor with a label for each axis, no two alike, and the three steps that every einsum is made
 * of: one operand is brought to such a form, two are contracted to one, the last is put in order.
 *
 * <p>All of it is movement, matrix products, products and sums of tensors, which have gradients.
 */
record Einsum(Tensor tensor, List<Integer> labels) {
    private static final Expr PRODUCT = Expr.in(0).mul(Expr.in(1));

    /** {@link Tensor#einsum}. */
    static Tensor of(String text, Tensor... operands) {
        Tensor[] x = operands.length == 0 ? operands : Tensor.common("einsum", false, operands);
        Subscripts subscripts =
                Subscripts.parse(text, Arrays.stream(x).map(Tensor::shape).toArray(Shape[]::new));
        List<Einsum> terms = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            List<Integer> labels = subscripts.operands().get(i);
            terms.add(new Einsum(x[i], labels).withoutRepeats().withoutStretched(subscripts));
        }
        Einsum all = terms.get(0).keeping(wanted(subscripts, terms, 1));
        for (int i = 1; i < x.length; i++) {
            Set<Integer> wanted = wanted(subscripts, terms, i + 1);
            // What only the next one has and nobody wants is summed before they meet.
            Set<Integer> useful = new HashSet<>(wanted);
            useful.addAll(all.labels);
            all = all.times(terms.get(i).keeping(useful), wanted);
        }
        return all.inOrder(subscripts.output());
    }

    /** The labels of the result and of terms {@code from} and later. */
    private static Set<Integer> wanted(Subscripts subscripts, List<Einsum> terms, int from) {
        Set<Integer> wanted = new HashSet<>(subscripts.output());
        terms.subList(from, terms.size()).forEach(t -> wanted.addAll(t.labels));
        return wanted;
    }

    /** A label that is there twice means the diagonal of its axes. */
    private Einsum withoutRepeats() {
        for (int second = 1; second < labels.size(); second++) {
            int first = labels.indexOf(labels.get(second));
            if (first < second) {
                List<Integer> fewer = new ArrayList<>(labels);
                fewer.subList(second, second + 1).clear();
                fewer.subList(first, first + 1).clear();
                fewer.add(labels.get(first));
                return new Einsum(Diagonals.of(tensor, first, second), fewer).withoutRepeats();
            }
        }
        return this;
    }

    /** Without axes of size 1 that another operand stretches: this does not depend on them. */
    private Einsum withoutStretched(Subscripts subscripts) {
        List<Integer> rest = new ArrayList<>();
        for (int axis = 0; axis < labels.size(); axis++) {
            int label = labels.get(axis);
            if (tensor.size(axis) == subscripts.sizes().getOrDefault(label, 0)) {
                rest.add(label);
            }
        }
        return rest.equals(labels) ? this : new Einsum(tensor.reshape(sizes(rest)), rest);
    }

    /** Summed over the labels that are not wanted. */
    private Einsum keeping(Collection<Integer> wanted) {
        List<Integer> rest = labels.stream().filter(wanted::contains).toList();
        int[] gone =
                labels.stream()
                        .filter(l -> !wanted.contains(l))
                        .mapToInt(labels::indexOf)
                        .toArray();
        return gone.length == 0 ? this : new Einsum(tensor.sum(gone), rest);
    }

    /**
     * The product of two, summed over the labels that both have and that are not wanted. The others
     * that both have are a batch; the rest are the rows of this and the columns of the other.
     */
    private Einsum times(Einsum other, Collection<Integer> wanted) {
        List<Integer> shared = labels.stream().filter(other.labels::contains).toList();
        List<Integer> batch = shared.stream().filter(wanted::contains).toList();
        List<Integer> summed = shared.stream().filter(l -> !wanted.contains(l)).toList();
        List<Integer> rows = labels.stream().filter(l -> !shared.contains(l)).toList();
        List<Integer> columns = other.labels.stream().filter(l -> !shared.contains(l)).toList();
        int[] dims = concat(sizes(batch), sizes(rows), other.sizes(columns));
        int b = Shape.of(sizes(batch)).size();
        int m = Shape.of(sizes(rows)).size();
        int k = Shape.of(sizes(summed)).size();
        int n = Shape.of(other.sizes(columns)).size();
        Tensor left = inOrder(joined(batch, rows, summed));
        Tensor product;
        if (summed.isEmpty()) {
            // Every product of two elements is an element of the result: nothing to add up.
            int[] stretched = concat(sizes(batch), sizes(rows), ones(columns.size()));
            Tensor right = other.inOrder(joined(batch, columns));
            int[] between = concat(sizes(batch), ones(rows.size()), other.sizes(columns));
            product = left.reshape(stretched).mul(right.reshape(between));
        } else if (rows.isEmpty() && columns.isEmpty()) {
            Tensor right = other.inOrder(joined(batch, summed));
            int[] axes = new int[summed.size()];
            Arrays.setAll(axes, i -> batch.size() + i);
            product = Tensor.sum("einsum", PRODUCT, axes, false, left, right);
        } else if (batch.isEmpty()) {
            Tensor right = other.inOrder(joined(summed, columns));
            product = left.reshape(m, k).matmul(right.reshape(k, n));
        } else {
            Tensor right = other.inOrder(joined(batch, summed, columns));
            product = left.reshape(b, m, k).matmul(right.reshape(b, k, n));
        }
        return new Einsum(product.reshape(dims), joined(batch, rows, columns));
    }

    /** The tensor with its axes in this order. */
    private Tensor inOrder(List<Integer> order) {
        return order.equals(labels)
                ? tensor
                : tensor.permute(order.stream().mapToInt(labels::indexOf).toArray());
    }

    private int[] sizes(List<Integer> some) {
        return some.stream().mapToInt(l -> tensor.size(labels.indexOf(l))).toArray();
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array goes no further than this stream
    private static List<Integer> joined(List<Integer>... lists) {
        return Arrays.stream(lists).flatMap(List::stream).toList();
    }

    private static int[] ones(int n) {
        int[] ones = new int[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
