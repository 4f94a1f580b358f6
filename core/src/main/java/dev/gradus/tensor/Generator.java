package dev.gradus.tensor;

import dev.gradus.backend.Backends;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.Philox;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A stream of random numbers: a seed and a position. The numbers are a function of the two ({@link
 * Philox}), so a seed gives the same ones on every run and on every backend.
 *
 * <p>Drawing without naming a generator uses the one that {@link #with} set for the calling code,
 * or else one that the whole program shares. Threads that draw at the same time take turns from a
 * shared one in no fixed order: give each its own.
 */
public final class Generator {
    private static final Generator SHARED = new Generator(0);
    private static final ScopedValue<Generator> BOUND = ScopedValue.newInstance();

    private volatile long seed;
    private final AtomicLong position = new AtomicLong();

    /** A stream from its start. */
    public Generator(long seed) {
        this.seed = seed;
    }

    /** The generator in use here; seed 0 unless {@link Tensor#seed} or {@link #with} said else. */
    public static Generator current() {
        return BOUND.orElse(SHARED);
    }

    /** Runs code that draws from this generator wherever it names none. */
    public void with(Runnable code) {
        ScopedValue.where(BOUND, this).run(code);
    }

    /** A stream of its own that goes on as this one would from here. */
    public Generator copy() {
        var copy = new Generator(seed);
        copy.position.set(position.get());
        return copy;
    }

    /** Starts the stream of another seed. */
    public void seed(long newSeed) {
        seed = newSeed;
        position.set(0);
    }

    /** The seed. */
    public long seed() {
        return seed;
    }

    /** How far the stream has come: what {@link #resume} needs besides the seed. */
    public long position() {
        return position.get();
    }

    /**
     * Goes on where a stream was when it had this seed and this position.
     *
     * @throws IllegalArgumentException if the position is negative
     */
    public void resume(long newSeed, long newPosition) {
        if (newPosition < 0) {
            throw new IllegalArgumentException(
                    "Generator.resume: a position counts from 0, and is not " + newPosition);
        }
        seed = newSeed;
        position.set(newPosition);
    }

    /** Uniform numbers in [0, 1). */
    public Tensor rand(int... shape) {
        return draw(Distribution.UNIFORM, Shape.of(shape));
    }

    /** Normal numbers with mean 0 and deviation 1. */
    public Tensor randn(int... shape) {
        return draw(Distribution.NORMAL, Shape.of(shape));
    }

    /**
     * One uniform number in [0, 1), a multiple of 2⁻⁵³, computed on the host: for a choice that is
     * made there.
     */
    public double nextDouble() {
        int[] words = new int[4];
        Philox.words(seed, position.getAndIncrement(), 0, words);
        return ((words[0] >>> 5) * 0x1p26 + (words[1] >>> 6)) * 0x1p-53;
    }

    /**
     * The first counter of as many numbers, which nobody else will draw: a counter gives four, and
     * every draw starts at a fresh one.
     */
    long reserve(long numbers) {
        return position.getAndAdd((numbers + 3) / 4);
    }

    private Tensor draw(Distribution distribution, Shape shape) {
        long first = reserve(shape.size());
        var backend = Backends.current();
        Buffer buffer = backend.allocate(DType.FLOAT32, shape.size());
        View view = new View(buffer, Layout.contiguous(shape));
        backend.random(distribution, seed, first, view);
        return Tensor.wrap(backend, buffer, shape);
    }

    /** The numbers 0 … n − 1 in random order, as INT32. */
    public Tensor permutation(int n) {
        int[] order = new int[Shape.of(n).size()];
        int[] words = new int[4];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        // Fisher and Yates: each place gets one of those not yet placed.
        for (int i = n - 1; i > 0; i--) {
            Philox.words(seed, position.getAndIncrement(), 0, words);
            long word = (words[0] & 0xFFFFFFFFL) | ((words[1] & 0x7FFFFFFFL) << 32);
            int j = (int) (word % (i + 1));
            int t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        return Tensor.of(order);
    }
}
