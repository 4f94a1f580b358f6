package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Prints a hash of the bits of every operation of the catalogue, and of the gradients of fused
 * ones, one a line: {@code name, tab, hash}. Two runs of it must print the same, whatever the JVM,
 * its options and the machine's load.
 *
 * <p>Arguments: the backend, the number of elements, and how often to repeat each call at most. A
 * call that does not give the same bits every time says so in place of the hash.
 */
public final class Fingerprint {
    /** Nanoseconds after which a row is not repeated again: slow ones are hot by then. */
    private static final long REPEATING = 40_000_000;

    private Fingerprint() {}

    /** Prints the hashes. */
    public static void main(String[] args) {
        Backends.use(args[0]);
        int n = Integer.parseInt(args[1]);
        int repeats = Integer.parseInt(args[2]);
        for (Row row : OpCatalog.rows()) {
            IO.println(row.name() + "\t" + hash(row, DType.FLOAT32, n, repeats));
            // The other types run in plain loops: once, and a few elements, are enough.
            IO.println(row.name() + ", FLOAT64\t" + hash(row, DType.FLOAT64, n % 1000, 1));
            IO.println(row.name() + ", INT32\t" + hash(row, DType.INT32, n % 1000, 1));
            gradients(row, n, repeats);
        }
        IO.println("uniform\t" + Bits.hash(new Generator(5).rand(n)));
        IO.println("normal\t" + Bits.hash(new Generator(5).randn(n)));
    }

    /** The gradients of what the backend performs as one kernel; a line if there are any. */
    private static void gradients(Row row, int n, int repeats) {
        FusedGradients.Performed small = perform(row, 30);
        FusedGradients.Performed performed = small == null ? null : perform(row, n);
        if (performed != null) {
            long first = hash(performed.gradients());
            String hash = Long.toHexString(first);
            long enough = System.nanoTime() + REPEATING;
            for (int i = 1;
                    i < repeats && System.nanoTime() < enough && !hash.startsWith("changed");
                    i++) {
                hash = hash(performed.gradients()) == first ? hash : "changed at call " + i;
            }
            IO.println(row.name() + ", gradients\t" + hash);
        }
    }

    private static FusedGradients.@Nullable Performed perform(Row row, int n) {
        Backend backend = Backends.current();
        List<Shape> shapes = row.scaled(n);
        return FusedGradients.perform(
                row, row.inputs(backend, DType.FLOAT32, shapes, Arrangement.DENSE, 7));
    }

    private static long hash(List<Tensor> all) {
        long hash = 0;
        for (Tensor t : all) {
            hash = Bits.mix(hash, Bits.hash(t));
        }
        return hash;
    }

    private static String hash(Row row, DType dtype, int n, int repeats) {
        Backend backend = Backends.current();
        List<Shape> shapes = row.scaled(n);
        Tensor[] dense = row.inputs(backend, dtype, shapes, Arrangement.DENSE, 7);
        Tensor[] spaced = row.inputs(backend, dtype, shapes, Arrangement.SPACED, 7);
        long first = Bits.mix(Bits.hash(row.apply(dense)), Bits.hash(row.apply(spaced)));
        long enough = System.nanoTime() + REPEATING;
        for (int i = 1; i < repeats && System.nanoTime() < enough; i++) {
            long again = Bits.mix(Bits.hash(row.apply(dense)), Bits.hash(row.apply(spaced)));
            if (again != first) {
                return "changed at call " + i;
            }
        }
        return Long.toHexString(first);
    }
}
