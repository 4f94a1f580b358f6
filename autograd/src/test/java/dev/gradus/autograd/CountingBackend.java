package dev.gradus.autograd;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The reference backend, keeping account of its memory and of what is read. */
final class CountingBackend implements Backend {
    private final Backend reference = Backends.get("reference");
    private final Set<Buffer> made = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Buffer> released = Collections.newSetFromMap(new IdentityHashMap<>());

    private int downloads;

    /** How often the host has read from it. */
    int downloads() {
        return downloads;
    }

    int made() {
        return made.size();
    }

    int released() {
        return released.size();
    }

    boolean hasReleased(Buffer buffer) {
        return released.contains(buffer);
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public Buffer allocate(DType dtype, int size) {
        Buffer buffer = reference.allocate(dtype, size);
        made.add(buffer);
        return buffer;
    }

    @Override
    public Buffer upload(DType dtype, Object array) {
        Buffer buffer = reference.upload(dtype, array);
        made.add(buffer);
        return buffer;
    }

    @Override
    public void release(Buffer buffer) {
        if (!made.contains(buffer) || !released.add(buffer)) {
            throw new AssertionError("given back twice, or never made: " + buffer);
        }
    }

    private void checkAlive(View... views) {
        for (View v : views) {
            if (released.contains(v.buffer())) {
                throw new AssertionError("memory is used after it was given back");
            }
        }
    }

    @Override
    public Object download(View in) {
        downloads++;
        checkAlive(in);
        return reference.download(in);
    }

    @Override
    public void map(Program program, View[] in, double[] scalars, View[] out) {
        checkAlive(in);
        checkAlive(out);
        reference.map(program, in, scalars, out);
    }

    @Override
    public void reduce(
            Reduction reduction, Program program, View[] in, double[] scalars, View out) {
        checkAlive(in);
        checkAlive(out);
        reference.reduce(reduction, program, in, scalars, out);
    }

    @Override
    public void matmul(View a, View b, View out) {
        checkAlive(a, b, out);
        reference.matmul(a, b, out);
    }

    @Override
    public void gather(View table, View index, View out) {
        checkAlive(table, index, out);
        reference.gather(table, index, out);
    }

    @Override
    public void scatterAdd(View source, View index, View out) {
        checkAlive(source, index, out);
        reference.scatterAdd(source, index, out);
    }

    @Override
    public void random(Distribution distribution, long seed, long first, View out) {
        checkAlive(out);
        reference.random(distribution, seed, first, out);
    }

    @Override
    public void copy(View in, View out) {
        checkAlive(in, out);
        reference.copy(in, out);
    }
}
