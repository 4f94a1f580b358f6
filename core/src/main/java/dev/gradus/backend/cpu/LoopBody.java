package dev.gradus.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.gradus.expr.Fn;
import dev.gradus.expr.Program;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Emits what all loops over a program are made of. Each value of the program has two local
 * variables: a vector, and a float for the last elements of a row, which are less than a vector.
 * The method's first parameters are in = 1, inOffset = 2, inStep = 3 and scalars = 4.
 */
final class LoopBody {
    private static final ClassDesc VECTOR = ClassDesc.of("jdk.incubator.vector", "FloatVector");
    private static final ClassDesc VECTOR_FNS = VectorFns.class.describeConstable().orElseThrow();
    private static final ClassDesc SCALAR_FNS = ScalarFns.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = CD_float.arrayType();

    private final CodeBuilder code;
    private final Inliner inliner;
    private final Program program;
    private final long splats;
    private final int[] vector;
    private final int[] scalar;
    private final int[] array;
    private final int[] offset;
    private final int[] step;

    LoopBody(CodeBuilder code, Program program, long splats) {
        this.code = code;
        this.inliner = new Inliner(code);
        this.program = program;
        this.splats = splats;
        int values = program.firstStep() + program.steps().size();
        this.vector = locals(values, TypeKind.REFERENCE);
        this.scalar = locals(values, TypeKind.FLOAT);
        this.array = locals(program.inputs(), TypeKind.REFERENCE);
        this.offset = locals(program.inputs(), TypeKind.INT);
        this.step = locals(program.inputs(), TypeKind.INT);
    }

    int[] locals(int count, TypeKind kind) {
        int[] slots = new int[count];
        Arrays.setAll(slots, k -> code.allocateLocal(kind));
        return slots;
    }

    /** A local variable with n rounded down to a multiple of a power of two. */
    int wholeMultiple(int n, int of) {
        int whole = code.allocateLocal(TypeKind.INT);
        code.iload(n).loadConstant(-of).iand().istore(whole);
        return whole;
    }

    // ------------------------------------------------------------------ control

    /** {@code for (int i = start; i < end; i += step) body}; the body is told the variable. */
    void loop(int start, int end, int step, IntConsumer body) {
        int i = code.allocateLocal(TypeKind.INT);
        code.iload(start).istore(i);
        Label top = code.newBoundLabel();
        Label bottom = code.newLabel();
        code.iload(i).iload(end).if_icmpge(bottom);
        body.accept(i);
        code.iinc(i, step).goto_(top);
        code.labelBinding(bottom);
    }

    /** {@code if (a < b) body}. */
    void when(int a, int b, Runnable body) {
        Label bottom = code.newLabel();
        code.iload(a).iload(b).if_icmpge(bottom);
        body.run();
        code.labelBinding(bottom);
    }

    /** For each row from {@code first} on: its splats, the body, and the inputs moved on. */
    void eachRow(int first, int rows, Runnable body) {
        startAt(first, 0);
        loop(first, rows, 1, row -> row(1, body));
    }

    /** What does not change: arrays, scalars, constants; and the inputs at row first + ahead. */
    void startAt(int first, int ahead) {
        emitInvariants();
        for (int k = 0; k < program.inputs(); k++) {
            code.iload(offset[k]).iload(first).loadConstant(ahead).iadd();
            code.iload(step[k]).imul().iadd().istore(offset[k]);
        }
    }

    /** A row's splats, the body, and the inputs moved on by some rows. */
    void row(int by, Runnable body) {
        emitSplats();
        body.run();
        for (int k = 0; k < program.inputs(); k++) {
            for (int n = 0; n < by; n++) {
                advance(offset[k], step[k]);
            }
        }
    }

    void advance(int local, int by) {
        code.iload(local).iload(by).iadd().istore(local);
    }

    private void emitInvariants() {
        for (int k = 0; k < program.inputs(); k++) {
            code.aload(1).loadConstant(k).aaload().astore(array[k]);
            code.aload(2).loadConstant(k).iaload().istore(offset[k]);
            code.aload(3).loadConstant(k).iaload().istore(step[k]);
        }
        for (int k = 0; k < program.scalars(); k++) {
            code.aload(4).loadConstant(k).daload();
            storeBoth(program.inputs() + k);
        }
        for (int k = 0; k < program.constants(); k++) {
            code.loadConstant(program.constant(k));
            storeBoth(program.inputs() + program.scalars() + k);
        }
    }

    /** The double on the stack becomes a value's vector and float. */
    private void storeBoth(int value) {
        code.dup2();
        vectorFn("all", VECTOR, CD_double);
        code.astore(vector[value]).d2f().fstore(scalar[value]);
    }

    private void emitSplats() {
        for (int k = 0; k < program.inputs(); k++) {
            if (isSplat(k)) {
                code.aload(array[k]).iload(offset[k]);
                vectorFn("splat", VECTOR, FLOATS, CD_int);
                code.astore(vector[k]);
                code.aload(array[k]).iload(offset[k]).faload().fstore(scalar[k]);
            }
        }
    }

    private boolean isSplat(int input) {
        return (splats >>> input & 1) != 0;
    }

    // ------------------------------------------------------------------ values

    /** All values of the elements from i + shift on, as vectors. */
    void emitVectors(int i, int shift) {
        for (int k = 0; k < program.inputs(); k++) {
            if (!isSplat(k)) {
                code.aload(array[k]).iload(offset[k]).iload(i).iadd().loadConstant(shift).iadd();
                vectorFn("load", VECTOR, FLOATS, CD_int);
                code.astore(vector[k]);
            }
        }
        int to = program.firstStep();
        for (Program.Step s : program.steps()) {
            int[] args = {s.a(), s.b(), s.c()};
            for (int k = 0; k < s.fn().arity(); k++) {
                code.aload(vector[args[k]]);
            }
            vectorFn(s.fn());
            code.astore(vector[to++]);
        }
    }

    /** All values of element i, as floats. */
    void emitScalars(int i) {
        for (int k = 0; k < program.inputs(); k++) {
            if (!isSplat(k)) {
                code.aload(array[k]).iload(offset[k]).iload(i).iadd().faload().fstore(scalar[k]);
            }
        }
        int to = program.firstStep();
        for (Program.Step s : program.steps()) {
            int[] args = {s.a(), s.b(), s.c()};
            for (int k = 0; k < s.fn().arity(); k++) {
                code.fload(scalar[args[k]]);
            }
            scalarFn(s.fn());
            code.fstore(scalar[to++]);
        }
    }

    /** Result k as a vector, onto the stack. */
    void vectorResult(int k) {
        code.aload(vector[program.output(k)]);
    }

    /** Result k as a float, onto the stack. */
    void scalarResult(int k) {
        code.fload(scalar[program.output(k)]);
    }

    // ------------------------------------------------------------------ functions

    /** The vector at {@code array[at + shift]} onto the stack. */
    void load(int arrayLocal, int at, int shift) {
        code.aload(arrayLocal).iload(at).loadConstant(shift).iadd();
        vectorFn("load", VECTOR, FLOATS, CD_int);
    }

    /** The vector on the stack to {@code array[at + shift]}. */
    void store(int arrayLocal, int at, int shift) {
        code.aload(arrayLocal).iload(at).loadConstant(shift).iadd();
        vectorFn("store", CD_void, VECTOR, FLOATS, CD_int);
    }

    /** The vector on the stack to {@code array[start + i]}. */
    void storeElements(int arrayLocal, int start, int i) {
        code.aload(arrayLocal).iload(start).iload(i).iadd();
        vectorFn("store", CD_void, VECTOR, FLOATS, CD_int);
    }

    void vectorFn(Fn fn) {
        ClassDesc[] args = Collections.nCopies(fn.arity(), VECTOR).toArray(ClassDesc[]::new);
        vectorFn(name(fn), VECTOR, args);
    }

    /** A function of {@link VectorFns} that takes a vector to a vector. */
    void vectorFn(String name) {
        vectorFn(name, VECTOR, VECTOR);
    }

    /** The first lane of the vector on the stack. */
    void first() {
        vectorFn("first", CD_float, VECTOR);
    }

    /** Puts a number in all lanes but the first {@code count} of the vector on the stack. */
    void replaceFrom(int count, double number) {
        code.iload(count).loadConstant(number);
        vectorFn("replaceFrom", VECTOR, VECTOR, CD_int, CD_double);
    }

    /** A vector of one number. */
    void all(double number) {
        code.loadConstant(number);
        vectorFn("all", VECTOR, CD_double);
    }

    private void vectorFn(String name, ClassDesc result, ClassDesc... parameters) {
        inliner.call(VECTOR_FNS, name, MethodTypeDesc.of(result, parameters));
    }

    void scalarFn(Fn fn) {
        ClassDesc[] args = Collections.nCopies(fn.arity(), CD_float).toArray(ClassDesc[]::new);
        code.invokestatic(SCALAR_FNS, name(fn), MethodTypeDesc.of(CD_float, args));
    }

    private static String name(Fn fn) {
        return fn.name().toLowerCase(Locale.ROOT);
    }
}
