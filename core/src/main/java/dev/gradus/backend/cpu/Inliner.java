package dev.gradus.backend.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies the bodies of {@link VectorFns} and {@link VectorMath} into a generated loop.
 *
 * <p>C2 would inline them itself, up to a budget of nodes that about 35 vector operations use up;
 * from then on only the JDK's own methods are inlined, and every vector that passes to one of ours
 * becomes an object: ten times slower. A loop that calls nothing but the JDK has no such limit (but
 * a method must stay small to be compiled at all: see {@link LoopCompiler}). All those methods are
 * straight-line code, so a copy is the instructions with other local variables.
 */
final class Inliner {
    private static final Map<String, MethodModel> METHODS = methods();

    private final CodeBuilder code;

    Inliner(CodeBuilder code) {
        this.code = code;
    }

    private static Map<String, MethodModel> methods() {
        Map<String, MethodModel> methods = new HashMap<>();
        for (Class<?> c : List.of(VectorFns.class, VectorMath.class)) {
            try (InputStream in = c.getResourceAsStream(c.getSimpleName() + ".class")) {
                if (in == null) {
                    throw new AssertionError(c);
                }
                for (MethodModel m : ClassFile.of().parse(in.readAllBytes()).methods()) {
                    methods.put(
                            key(
                                    c.describeConstable().orElseThrow(),
                                    m.methodName().stringValue(),
                                    m.methodTypeSymbol()),
                            m);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return methods;
    }

    private static String key(ClassDesc owner, String name, MethodTypeDesc type) {
        return owner.displayName() + "." + name + type.descriptorString();
    }

    /** Emits a method's body; its arguments are on the stack, its result will be. */
    void call(ClassDesc owner, String name, MethodTypeDesc type) {
        MethodModel method = METHODS.get(key(owner, name, type));
        if (method == null) {
            throw new AssertionError(key(owner, name, type));
        }
        Map<Integer, Integer> locals = new HashMap<>();
        int slot = 0;
        for (ClassDesc parameter : type.parameterList()) {
            TypeKind kind = TypeKind.from(parameter);
            locals.put(slot, code.allocateLocal(kind));
            slot += kind.slotSize();
        }
        for (int i = type.parameterCount() - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            slot -= kind.slotSize();
            code.storeLocal(kind, local(locals, slot, kind));
        }
        for (CodeElement e : method.code().orElseThrow()) {
            switch (e) {
                case LoadInstruction l ->
                        code.loadLocal(l.typeKind(), local(locals, l.slot(), l.typeKind()));
                case StoreInstruction s ->
                        code.storeLocal(s.typeKind(), local(locals, s.slot(), s.typeKind()));
                case ReturnInstruction r -> {}
                case BranchInstruction b -> throw new AssertionError(name + " has a branch");
                case InvokeInstruction i when isOurs(i) ->
                        call(i.owner().asSymbol(), i.name().stringValue(), i.typeSymbol());
                case Instruction i -> code.with(i);
                default -> {} // labels and line numbers
            }
        }
    }

    private static boolean isOurs(InvokeInstruction i) {
        return i.opcode() == Opcode.INVOKESTATIC
                && METHODS.containsKey(
                        key(i.owner().asSymbol(), i.name().stringValue(), i.typeSymbol()));
    }

    private int local(Map<Integer, Integer> locals, int slot, TypeKind kind) {
        return locals.computeIfAbsent(slot, s -> code.allocateLocal(kind));
    }
}
