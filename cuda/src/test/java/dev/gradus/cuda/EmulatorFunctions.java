package dev.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The functions of {@code hooks.cpp}. */
record EmulatorFunctions(
        MethodHandle counterHandle,
        MethodHandle setHandle,
        MethodHandle resetHandle,
        MethodHandle leaksHandle,
        MethodHandle describeHandle) {
    static final @Nullable EmulatorFunctions FOUND = find();

    @SuppressWarnings("restricted") // the tests run with --enable-native-access
    private static @Nullable EmulatorFunctions find() {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());
        } catch (IllegalArgumentException missing) {
            return null;
        }
        if (library.find("cudaEmulatorReset").isEmpty()) {
            return null;
        }
        return new EmulatorFunctions(
                link(library, "cudaEmulatorCounter", FunctionDescriptor.of(JAVA_LONG, JAVA_INT)),
                link(library, "cudaEmulatorSet", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_LONG)),
                link(library, "cudaEmulatorReset", FunctionDescriptor.ofVoid()),
                link(library, "cudaEmulatorReportLeaks", FunctionDescriptor.ofVoid()),
                link(
                        library,
                        "cudaEmulatorDescribe",
                        FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG)));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    long counter(int index) {
        return call(() -> (long) counterHandle.invokeExact(index));
    }

    void set(int option, long value) {
        call(() -> {
            setHandle.invokeExact(option, value);
            return 0L;
        });
    }

    void reset() {
        call(() -> {
            resetHandle.invokeExact();
            return 0L;
        });
    }

    void reportLeaks() {
        call(() -> {
            leaksHandle.invokeExact();
            return 0L;
        });
    }

    String describe() {
        long capacity = call(() -> (long) describeHandle.invokeExact(MemorySegment.NULL, 0L));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(capacity + 1);
            long bytes = call(() -> (long) describeHandle.invokeExact(text, capacity));
            byte[] read = text.asSlice(0, Math.min(bytes, capacity)).toArray(JAVA_BYTE);
            return new String(read, StandardCharsets.UTF_8);
        }
    }

    private interface Call {
        long run() throws Throwable;
    }

    private static long call(Call call) {
        try {
            return call.run();
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
