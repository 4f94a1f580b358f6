package dev.gradus.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import dev.gradus.expr.Fn;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import org.jspecify.annotations.Nullable;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The second tier: a hot program becomes a class of its own, whose loop is what one would write by
 * hand with the Vector API. For relu(x0 · s0 + x1), with x1 the same for all elements:
 *
 * <pre>{@code
 * float[] a0 = in[0];  int p0 = inOffset[0];
 * FloatVector v1 = splat(in[1], inOffset[1]);
 * FloatVector v2 = all(scalars[0]);
 * FloatVector v3 = all(0.0);
 * for (int i = 0; i < n; i += LANES) {
 *     FloatVector v0 = load(a0, p0 + i);
 *     FloatVector v4 = mul(v0, v2);
 *     FloatVector v5 = add(v4, v1);
 *     FloatVector v6 = le(v5, v3);
 *     FloatVector v7 = where(v6, v3, v5);
 *     store(v7, out[0], outOffset[0] + i);
 * }
 * }</pre>
 *
 * <p>A loop that took a lambda would be as fast for one expression and 20 times slower for three,
 * when the JIT compiler no longer knows what it calls: hence a class for each. The functions called
 * here are copied in by an {@link Inliner}.
 */
final class LoopCompiler {
    private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector", "FloatVector");
    private static final ClassDesc FNS = VectorFns.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc FLOATS2 = FLOATS.arrayType();
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc DOUBLES = CD_double.arrayType();

    /**
     * HotSpot does not compile methods of more than 8000 bytes, and large ones not well; the rest
     * of a class takes some 1500.
     */
    private static final int LARGEST_CLASS = 7500;

    /** Vectors that a fold keeps in registers at a time. */
    private static final int ACCUMULATORS = 4;

    private final CodeBuilder code;
    private final Inliner inliner;
    private final Program program;
    private final long splats;
    private final int[] value;
    private final int[] array;
    private final int[] offset;

    private LoopCompiler(CodeBuilder code, Program program, long splats) {
        this.code = code;
        this.inliner = new Inliner(code);
        this.program = program;
        this.splats = splats;
        this.value = locals(program.firstStep() + program.steps().size(), TypeKind.REFERENCE);
        this.array = locals(program.inputs(), TypeKind.REFERENCE);
        this.offset = locals(program.inputs(), TypeKind.INT);
    }

    /**
     * A class for {@code out[k][…] = expression k}; null if it would be too large to be compiled.
     */
    static Loops.@Nullable Map map(Program program, long splats) {
        MethodTypeDesc type =
                MethodTypeDesc.of(CD_void, FLOATS2, INTS, DOUBLES, FLOATS2, INTS, CD_int);
        return define(
                Loops.Map.class,
                type,
                code -> new LoopCompiler(code, program, splats).emitMap(4, 5, 6));
    }

    /**
     * A class that joins the program's only expression to 64 running results; null as for a map.
     */
    static Loops.@Nullable Fold fold(Reduction reduction, Program program, long splats) {
        MethodTypeDesc type = MethodTypeDesc.of(CD_void, FLOATS2, INTS, DOUBLES, FLOATS, CD_int);
        return define(
                Loops.Fold.class,
                type,
                code -> new LoopCompiler(code, program, splats).emitFold(reduction.fn(), 4, 5));
    }

    private static <T> @Nullable T define(
            Class<T> type, MethodTypeDesc run, Consumer<CodeBuilder> body) {
        ClassDesc name = ClassDesc.of(LoopCompiler.class.getPackageName(), "Compiled");
        byte[] bytes;
        try {
            bytes =
                    ClassFile.of()
                            .build(
                                    name,
                                    c ->
                                            c.withInterfaceSymbols(
                                                            type.describeConstable().orElseThrow())
                                                    .withFlags(
                                                            ClassFile.ACC_FINAL
                                                                    | ClassFile.ACC_SUPER)
                                                    .withMethodBody(
                                                            INIT_NAME,
                                                            MTD_void,
                                                            0,
                                                            code ->
                                                                    code.aload(0)
                                                                            .invokespecial(
                                                                                    ConstantDescs
                                                                                            .CD_Object,
                                                                                    INIT_NAME,
                                                                                    MTD_void)
                                                                            .return_())
                                                    .withMethodBody(
                                                            "run",
                                                            run,
                                                            ClassFile.ACC_PUBLIC,
                                                            body));
        } catch (IllegalArgumentException e) {
            return null; // more than the 64 KB that a method may have at all
        }
        if (bytes.length > LARGEST_CLASS) {
            return null;
        }
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var made =
                    hidden.findConstructor(
                            hidden.lookupClass(),
                            java.lang.invoke.MethodType.methodType(void.class));
            return type.cast(made.invoke());
        } catch (Throwable e) {
            throw new AssertionError("a generated loop is wrong: " + e, e);
        }
    }

    // ------------------------------------------------------------------ the two loops

    /** The parameters are in = 1, inOffset = 2, scalars = 3, and those given. */
    private void emitMap(int out, int outOffset, int n) {
        int[] target = locals(program.outputs(), TypeKind.REFERENCE);
        int[] targetOffset = locals(program.outputs(), TypeKind.INT);
        for (int k = 0; k < program.outputs(); k++) {
            code.aload(out).loadConstant(k).aaload().astore(target[k]);
            code.aload(outOffset).loadConstant(k).iaload().istore(targetOffset[k]);
        }
        emitInvariants();
        int i = code.allocateLocal(TypeKind.INT);
        code.iconst_0().istore(i);
        loop(
                i,
                n,
                VectorFns.LANES,
                () -> {
                    emitBody(i, 0);
                    for (int k = 0; k < program.outputs(); k++) {
                        code.aload(value[program.output(k)]).aload(target[k]);
                        code.iload(targetOffset[k]).iload(i).iadd();
                        call("store", CD_void, VECTOR, FLOATS, CD_int);
                    }
                });
        code.return_();
    }

    private void emitFold(Fn join, int lanes, int n) {
        emitInvariants();
        int[] sum = locals(ACCUMULATORS, TypeKind.REFERENCE);
        int group = code.allocateLocal(TypeKind.INT);
        int i = code.allocateLocal(TypeKind.INT);
        int stop = code.allocateLocal(TypeKind.INT);
        code.loadConstant(Loops.FOLD_LANES).istore(stop);
        code.iconst_0().istore(group);
        // With narrow vectors four of them are only some of the 64 lanes: one pass over the data
        // for each group of four. Every pass reads its own elements.
        loop(
                group,
                stop,
                ACCUMULATORS * VectorFns.LANES,
                () -> {
                    for (int k = 0; k < ACCUMULATORS; k++) {
                        code.aload(lanes).iload(group).loadConstant(k * VectorFns.LANES).iadd();
                        call("load", VECTOR, FLOATS, CD_int);
                        code.astore(sum[k]);
                    }
                    code.iload(group).istore(i);
                    loop(
                            i,
                            n,
                            Loops.FOLD_LANES,
                            () -> {
                                for (int k = 0; k < ACCUMULATORS; k++) {
                                    emitBody(i, k * VectorFns.LANES);
                                    code.aload(sum[k]).aload(value[program.output(0)]);
                                    call(name(join), VECTOR, VECTOR, VECTOR);
                                    code.astore(sum[k]);
                                }
                            });
                    for (int k = 0; k < ACCUMULATORS; k++) {
                        code.aload(sum[k]).aload(lanes);
                        code.iload(group).loadConstant(k * VectorFns.LANES).iadd();
                        call("store", CD_void, VECTOR, FLOATS, CD_int);
                    }
                });
        code.return_();
    }

    /** {@code for (; i < n; i += step) body}. */
    private void loop(int i, int n, int step, Runnable body) {
        Label top = code.newBoundLabel();
        Label end = code.newLabel();
        code.iload(i).iload(n).if_icmpge(end);
        body.run();
        code.iinc(i, step).goto_(top);
        code.labelBinding(end);
    }

    // ------------------------------------------------------------------ their parts

    /** What does not change in the loop: arrays, offsets, splats, scalars, constants. */
    private void emitInvariants() {
        for (int k = 0; k < program.inputs(); k++) {
            if (isSplat(k)) {
                code.aload(1).loadConstant(k).aaload().aload(2).loadConstant(k).iaload();
                call("splat", VECTOR, FLOATS, CD_int);
                code.astore(value[k]);
            } else {
                code.aload(1).loadConstant(k).aaload().astore(array[k]);
                code.aload(2).loadConstant(k).iaload().istore(offset[k]);
            }
        }
        for (int k = 0; k < program.scalars(); k++) {
            code.aload(3).loadConstant(k).daload();
            call("all", VECTOR, CD_double);
            code.astore(value[program.inputs() + k]);
        }
        for (int k = 0; k < program.constants(); k++) {
            code.loadConstant(program.constant(k));
            call("all", VECTOR, CD_double);
            code.astore(value[program.inputs() + program.scalars() + k]);
        }
    }

    /** The values of the elements from i + shift on. */
    private void emitBody(int i, int shift) {
        for (int k = 0; k < program.inputs(); k++) {
            if (!isSplat(k)) {
                code.aload(array[k]).iload(offset[k]).iload(i).iadd().loadConstant(shift).iadd();
                call("load", VECTOR, FLOATS, CD_int);
                code.astore(value[k]);
            }
        }
        int to = program.firstStep();
        for (Program.Step s : program.steps()) {
            int[] args = {s.a(), s.b(), s.c()};
            int arity = s.fn().arity();
            for (int k = 0; k < arity; k++) {
                code.aload(value[args[k]]);
            }
            call(
                    name(s.fn()),
                    VECTOR,
                    Collections.nCopies(arity, VECTOR).toArray(ClassDesc[]::new));
            code.astore(value[to++]);
        }
    }

    private boolean isSplat(int input) {
        return (splats >>> input & 1) != 0;
    }

    private static String name(Fn fn) {
        return fn.name().toLowerCase(Locale.ROOT);
    }

    private void call(String method, ClassDesc result, ClassDesc... parameters) {
        inliner.call(FNS, method, MethodTypeDesc.of(result, parameters));
    }

    private int[] locals(int count, TypeKind kind) {
        int[] slots = new int[count];
        Arrays.setAll(slots, k -> code.allocateLocal(kind));
        return slots;
    }
}
