package dev.gradus.backend.cpu;

import dev.gradus.expr.Program;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * A program ready to run over float arrays, in two tiers with the same bits: {@link Blocks} at
 * once, a compiled loop ({@link Tier}) when it is hot. One for each program, shared by all threads.
 */
final class FloatKernel {
    /** Elements that the blocks tier takes at a time: a few arrays of this fit the L1 cache. */
    static final int BLOCK = 512;

    private static final ThreadLocal<Registers> REGISTERS = ThreadLocal.withInitial(Registers::new);

    private final Program program;

    /** The program's, their arguments as registers. */
    private final Program.Step[] steps;

    /** Where each value is kept. */
    private final int[] register;

    private final int registers;
    private final boolean[] copied;
    private final boolean writesDirectly;
    private final Tier<Loops.Map> tier;
    private final int[] still; // the steps of a single row

    FloatKernel(Program program) {
        this.program = program;
        this.steps = program.steps().toArray(Program.Step[]::new);
        this.register = new int[program.firstStep() + steps.length];
        this.registers = assignRegisters();
        Arrays.setAll(steps, i -> inRegisters(steps[i]));
        this.copied = new boolean[program.inputs()];
        for (int k = 0; k < program.outputs(); k++) {
            if (program.output(k) < copied.length) {
                copied[program.output(k)] = true;
            }
        }
        this.writesDirectly =
                program.outputs() == 1
                        && program.output(0) == register.length - 1
                        && steps.length > 0;
        this.tier =
                new Tier<>(
                        program,
                        splats -> LoopCompiler.map(program, splats),
                        (loop, data, n, rows) ->
                                runRows(
                                        loop,
                                        data.in,
                                        data.offsets,
                                        data.steps(n),
                                        0,
                                        data.scalars,
                                        data.out,
                                        data.outOffsets,
                                        data.steps(n),
                                        n,
                                        rows));
        this.still = new int[Math.max(program.inputs(), program.outputs())];
    }

    static FloatKernel of(Program program) {
        return program.compiled(FloatKernel.class, FloatKernel::new);
    }

    /** A register each for inputs, scalars and constants; a step's is free after its last use. */
    private int assignRegisters() {
        int first = program.firstStep();
        int[] lastUse = new int[register.length];
        for (int i = 0; i < steps.length; i++) {
            Program.Step s = steps[i];
            lastUse[s.a()] = i;
            lastUse[s.b()] = i;
            lastUse[s.c()] = i;
        }
        for (int k = 0; k < program.outputs(); k++) {
            lastUse[program.output(k)] = steps.length;
        }
        boolean[] taken = new boolean[register.length];
        Arrays.setAll(register, i -> i);
        Arrays.fill(taken, 0, first, true);
        int most = first;
        for (int i = 0; i < steps.length; i++) {
            for (int v = first; v < first + i; v++) {
                if (lastUse[v] < i) {
                    taken[register[v]] = false;
                }
            }
            // Two values may have shared a freed register: the living one keeps it.
            for (int v = first; v < first + i; v++) {
                if (lastUse[v] >= i) {
                    taken[register[v]] = true;
                }
            }
            int r = first;
            while (taken[r]) {
                r++;
            }
            register[first + i] = r;
            taken[r] = true;
            most = Math.max(most, r + 1);
        }
        return most;
    }

    /**
     * Computes n elements.
     *
     * @param inOffset where each input's elements start; a splat (bit i of {@code splats}) has one
     */
    void run(
            float[][] in,
            int[] inOffset,
            long splats,
            double[] scalars,
            float[][] out,
            int[] outOffset,
            int n) {
        Loops.Map loop = tier.loop(splats, n);
        if (loop != null) {
            loop.run(in, inOffset, still, scalars, out, outOffset, still, n, 1);
        } else {
            runInBlocks(in, inOffset, splats, scalars, out, outOffset, n);
        }
    }

    /**
     * Computes rows of n elements each; those of an input or output start {@code step} apart, and
     * so do the numbers that an input has, one a row, where it is a splat.
     */
    void runRows(
            float[][] in,
            int[] inOffset,
            int[] inStep,
            long splats,
            double[] scalars,
            float[][] out,
            int[] outOffset,
            int[] outStep,
            int n,
            int rows) {
        runRows(
                tier.loop(splats, (long) n * rows),
                in,
                inOffset,
                inStep,
                splats,
                scalars,
                out,
                outOffset,
                outStep,
                n,
                rows);
    }

    private void runRows(
            Loops.@Nullable Map loop,
            float[][] in,
            int[] inOffset,
            int[] inStep,
            long splats,
            double[] scalars,
            float[][] out,
            int[] outOffset,
            int[] outStep,
            int n,
            int rows) {
        if (loop != null) {
            loop.run(in, inOffset, inStep, scalars, out, outOffset, outStep, n, rows);
            return;
        }
        for (int row = 0; row < rows; row++) {
            runInBlocks(in, inOffset, splats, scalars, out, outOffset, n);
            move(inOffset, inStep, 1);
            move(outOffset, outStep, 1);
        }
        move(inOffset, inStep, -rows);
        move(outOffset, outStep, -rows);
    }

    /** Adds so many steps to each offset. */
    static void move(int[] offsets, int[] steps, int by) {
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] += steps[i] * by;
        }
    }

    private Program.Step inRegisters(Program.Step s) {
        return new Program.Step(s.fn(), register[s.a()], register[s.b()], register[s.c()]);
    }

    /** Computes n elements in the first tier. */
    void runInBlocks(
            float[][] in,
            int[] inOffset,
            long splats,
            double[] scalars,
            float[][] out,
            int[] outOffset,
            int n) {
        float[][] r = start(in, inOffset, splats, scalars, Math.min(BLOCK, n));
        for (int at = 0; at < n; at += BLOCK) {
            int count = Math.min(BLOCK, n - at);
            boolean direct = writesDirectly && outOffset[0] + at == 0;
            block(r, in, inOffset, splats, at, count, direct ? out[0] : null);
            for (int k = 0; k < out.length && !direct; k++) {
                float[] result = r[register[program.output(k)]];
                System.arraycopy(result, 0, out[k], outOffset[k] + at, count);
            }
        }
    }

    /**
     * This thread's registers, those filled that stay the same from block to block. They are never
     * replaced by a tensor's array: to store a new object in an old one costs the garbage
     * collector's bookkeeping, some 10 ns each time.
     */
    float[][] start(float[][] in, int[] inOffset, long splats, double[] scalars, int width) {
        float[][] r = REGISTERS.get().atLeast(registers);
        int next = program.inputs();
        for (int k = 0; k < next; k++) {
            if ((splats >>> k & 1) != 0) {
                Arrays.fill(r[k], 0, width, in[k][inOffset[k]]);
            }
        }
        for (int k = 0; k < program.scalars(); k++) {
            Arrays.fill(r[next++], 0, width, (float) scalars[k]);
        }
        for (int k = 0; k < program.constants(); k++) {
            Arrays.fill(r[next++], 0, width, (float) program.constant(k));
        }
        return r;
    }

    /**
     * Computes elements at … at + count − 1 into the registers; the last step into {@code last}.
     */
    void block(
            float[][] r,
            float[][] in,
            int[] inOffset,
            long splats,
            int at,
            int count,
            float @Nullable [] last) {
        long copies = splats; // the inputs that have been copied to their registers
        for (int k = 0; k < program.inputs(); k++) {
            int position = inOffset[k] + at;
            if ((splats >>> k & 1) == 0 && (position != 0 || copied[k])) {
                System.arraycopy(in[k], position, r[k], 0, count);
                copies |= 1L << k;
            }
        }
        int value = program.firstStep();
        for (int i = 0; i < steps.length; i++, value++) {
            Program.Step step = steps[i];
            float[] to = last != null && i == steps.length - 1 ? last : r[register[value]];
            Blocks.apply(
                    step.fn(),
                    argument(step.a(), r, in, copies),
                    argument(step.b(), r, in, copies),
                    argument(step.c(), r, in, copies),
                    to,
                    count);
        }
    }

    /** What a register holds; an input that starts its array and is not copied is that array. */
    private float[] argument(int register, float[][] r, float[][] in, long copies) {
        boolean isInput = register < program.inputs() && (copies >>> register & 1) == 0;
        return isInput ? in[register] : r[register];
    }

    /** The values of the program's first output after {@link #block}. */
    float[] result(float[][] r) {
        return r[register[program.output(0)]];
    }

    /** One thread's registers, reused from call to call: a kernel allocates nothing. */
    private static final class Registers {
        private float[][] all = {};

        float[][] atLeast(int count) {
            int have = all.length;
            if (have < count) {
                all = Arrays.copyOf(all, count);
                for (int i = have; i < count; i++) {
                    all[i] = new float[BLOCK];
                }
            }
            return all;
        }
    }
}
