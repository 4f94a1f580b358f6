package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;

import org.jspecify.annotations.Nullable;

/**
 * What attention reads: q {@code [.., t, d]}, k {@code [.., s, d]}, v {@code [.., s, e]} and
 * perhaps a mask {@code [.., t, s]}. Each of their matrices, one for each head of each batch entry,
 * is a problem by itself, and so is each block of queries within it.
 */
record AttentionInputs(Fused.Attention fused, View q, View k, View v, @Nullable View mask) {
    /** Queries in a block: as many as the widest tile of a product has columns. */
    static final int BLOCK = 64;

    /** Multiply-adds that are worth a second thread. */
    private static final long PARALLEL_WORK = 1024 * 1024;

    /** The first {@code count} of some views. */
    static AttentionInputs of(Fused.Attention fused, View[] in, int count) {
        return new AttentionInputs(fused, in[0], in[1], in[2], count > 3 ? in[3] : null);
    }

    int queries() {
        return q.shape().dim(-2);
    }

    int keys() {
        return k.shape().dim(-2);
    }

    int depth() {
        return q.shape().dim(-1);
    }

    /** The length of a value. */
    int width() {
        return v.shape().dim(-1);
    }

    int blocks() {
        return Math.ceilDiv(queries(), BLOCK);
    }

    /** The queries in the largest block. */
    int block() {
        return Math.min(queries(), BLOCK);
    }

    /** Block {@code number} of a head. */
    AttentionBlock block(Gemm gemm, int head, int number) {
        int query = number * BLOCK;
        int end = Math.min(query + BLOCK, queries());
        int keys = fused.causal() ? Math.min(end, keys()) : keys();
        return new AttentionBlock(gemm, fused.causal(), head, query, end - query, keys);
    }

    int heads() {
        return q.shape().size() / (queries() * depth());
    }

    /** In how many parts to do work of {@code units} units: more than threads, as units differ. */
    int parts(int units) {
        long products = (long) heads() * queries() * keys() * (depth() + width());
        return products < PARALLEL_WORK ? 1 : Math.min(units, 4 * Workers.THREADS);
    }

    /** Whether there is nothing to multiply. */
    boolean isEmpty() {
        return q.shape().size() == 0 || k.shape().size() == 0 || v.shape().size() == 0;
    }

    /** The numbers of a head, of a view's last axis, as a matrix of one row. */
    static Gemm.Matrix row(View v, int head) {
        int axis = v.shape().rank() - 1;
        int start = Matmul.start(v.layout(), axis, head);
        return new Gemm.Matrix(HostBuffer.floats(v), start, 0, v.layout().stride(axis));
    }
}
