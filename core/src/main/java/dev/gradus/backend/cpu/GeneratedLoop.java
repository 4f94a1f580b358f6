package dev.gradus.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import org.jspecify.annotations.Nullable;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/** Makes an object of a new class with one method, {@code run}. */
final class GeneratedLoop {
    /** HotSpot does not compile methods of more than 8000 bytes. */
    static final int LARGEST_METHOD = 8000;

    private GeneratedLoop() {}

    /** An instance of the class; null if its method would be too large to be compiled. */
    static <T> @Nullable T define(Class<T> type, MethodTypeDesc run, Consumer<CodeBuilder> body) {
        return define(type, run, LARGEST_METHOD, body);
    }

    /** The same; null if its method has more than so many bytes. */
    static <T> @Nullable T define(
            Class<T> type, MethodTypeDesc run, int most, Consumer<CodeBuilder> body) {
        byte[] bytes;
        try {
            bytes = bytes(type.describeConstable().orElseThrow(), run, body);
        } catch (IllegalArgumentException e) {
            return null; // more than the 64 KB that a method may have at all
        }
        if (codeLength(bytes) > most) {
            return null;
        }
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var constructor = MethodType.methodType(void.class);
            return type.cast(hidden.findConstructor(hidden.lookupClass(), constructor).invoke());
        } catch (Throwable e) {
            throw new AssertionError("a generated loop is wrong: " + e, e);
        }
    }

    private static byte[] bytes(ClassDesc type, MethodTypeDesc run, Consumer<CodeBuilder> body) {
        ClassDesc name = ClassDesc.of(GeneratedLoop.class.getPackageName(), "Compiled");
        Consumer<CodeBuilder> constructor =
                code -> code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_();
        return ClassFile.of()
                .build(
                        name,
                        c ->
                                c.withInterfaceSymbols(type)
                                        .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                                        .withMethodBody(INIT_NAME, MTD_void, 0, constructor)
                                        .withMethodBody("run", run, ClassFile.ACC_PUBLIC, body));
    }

    private static int codeLength(byte[] bytes) {
        return ClassFile.of().parse(bytes).methods().stream()
                .mapToInt(m -> m.findAttribute(Attributes.code()).orElseThrow().codeLength())
                .max()
                .orElseThrow();
    }
}
