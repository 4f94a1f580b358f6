package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.shape.DType;

/** Rows of a table by index. */
final class Rows {
    private Rows() {}

    static void gather(View table, View index, View out) {
        int width = width(table);
        Object from = HostBuffer.array(table);
        Object to = HostBuffer.array(out);
        boolean dense = table.layout().isContiguous();
        for (int i = 0; i < index.shape().size(); i++) {
            int row = row("gather", index, i, table);
            int target = out.layout().offset() + i * width;
            if (dense && width > 0) {
                System.arraycopy(from, table.layout().offset() + row * width, to, target, width);
            } else {
                for (int j = 0; j < width; j++) {
                    int source = table.layout().positionOf(row * width + j);
                    HostBuffer.set(to, target + j, HostBuffer.get(from, source));
                }
            }
        }
    }

    static void scatterAdd(View source, View index, View out) {
        int width = width(out);
        Object from = HostBuffer.array(source);
        Object to = HostBuffer.array(out);
        boolean floats = out.dtype() == DType.FLOAT32 && source.layout().isContiguous();
        for (int i = 0; i < index.shape().size(); i++) {
            int target = out.layout().offset() + row("scatterAdd", index, i, out) * width;
            if (floats && width > 0) {
                add(
                        (float[]) from,
                        source.layout().offset() + i * width,
                        (float[]) to,
                        target,
                        width);
            } else {
                for (int j = 0; j < width; j++) {
                    double value = HostBuffer.get(from, source.layout().positionOf(i * width + j));
                    HostBuffer.set(to, target + j, HostBuffer.get(to, target + j) + value);
                }
            }
        }
    }

    private static void add(float[] from, int s, float[] to, int t, int n) {
        for (int j = 0; j < n; j++) {
            to[t + j] += from[s + j];
        }
    }

    private static int width(View table) {
        int rows = table.shape().dim(0);
        return rows == 0 ? 0 : table.shape().size() / rows;
    }

    private static int row(String operation, View index, int i, View table) {
        int row = ((int[]) HostBuffer.array(index))[index.layout().positionOf(i)];
        if (row < 0 || row >= table.shape().dim(0)) {
            throw new IndexOutOfBoundsException(
                    operation
                            + ": index "
                            + row
                            + " (number "
                            + i
                            + ") is not a row of "
                            + table.shape()
                            + "; rows count from 0, and there are "
                            + table.shape().dim(0));
        }
        return row;
    }
}
