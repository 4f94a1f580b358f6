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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
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

    /**
     * Local variables of finished copies, for the next ones: an instruction for one beyond number
     * 255 is twice as long.
     */
    private final Map<TypeKind, Deque<Integer>> free = new EnumMap<>(TypeKind.class);

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
        Map<Integer, Local> locals = new HashMap<>();
        List<CodeElement> body = method.code().orElseThrow().elementList();
        int onStack = takenAsTheyCome(body, type);
        int slot = 0;
        for (ClassDesc parameter : type.parameterList()) {
            slot += TypeKind.from(parameter).slotSize();
        }
        for (int i = type.parameterCount() - 1; i >= 0 && onStack == 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            slot -= kind.slotSize();
            code.storeLocal(kind, local(locals, slot, kind));
        }
        for (CodeElement e : body) {
            switch (e) {
                case LoadInstruction l -> {
                    if (onStack-- <= 0) {
                        code.loadLocal(l.typeKind(), local(locals, l.slot(), l.typeKind()));
                    }
                }
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
        locals.values().forEach(l -> free(l.kind).push(l.slot));
    }

    /**
     * How many arguments may stay on the stack: all, if the method begins with loading them in
     * order and never does again, as a method does that only passes them on; else none.
     */
    private static int takenAsTheyCome(List<CodeElement> body, MethodTypeDesc type) {
        List<Instruction> instructions =
                body.stream()
                        .filter(Instruction.class::isInstance)
                        .map(Instruction.class::cast)
                        .toList();
        int count = type.parameterCount();
        int slot = 0;
        for (int i = 0; i < count; i++) {
            if (slot(instructions.get(i)) != slot) {
                return 0; // no method of ours begins with storing
            }
            slot += TypeKind.from(type.parameterType(i)).slotSize();
        }
        int end = slot;
        boolean again = instructions.stream().skip(count).anyMatch(e -> slot(e) < end);
        return again ? 0 : count;
    }

    /** The slot of the local variable that an instruction reads or writes; else a large number. */
    private static int slot(Instruction instruction) {
        return switch (instruction) {
            case LoadInstruction l -> l.slot();
            case StoreInstruction s -> s.slot();
            default -> Integer.MAX_VALUE;
        };
    }

    /** A local variable of a copy. */
    private record Local(TypeKind kind, int slot) {}

    private Deque<Integer> free(TypeKind kind) {
        return free.computeIfAbsent(kind, k -> new ArrayDeque<>());
    }

    private static boolean isOurs(InvokeInstruction i) {
        return i.opcode() == Opcode.INVOKESTATIC
                && METHODS.containsKey(
                        key(i.owner().asSymbol(), i.name().stringValue(), i.typeSymbol()));
    }

    /** The local variable that stands for slot {@code slot} of the method that is copied. */
    private int local(Map<Integer, Local> locals, int slot, TypeKind kind) {
        return locals.computeIfAbsent(
                        slot,
                        s -> {
                            Integer used = free(kind).poll();
                            return new Local(kind, used != null ? used : code.allocateLocal(kind));
                        })
                .slot;
    }
}
