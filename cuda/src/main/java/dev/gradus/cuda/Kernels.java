package dev.gradus.cuda;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;

import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels of a device by their source: compiled on first use, loaded, and kept. Sources are
 * few, as an expression has one for each type of elements.
 */
final class Kernels {
    private final Device device;
    private final KernelCache cache = KernelCache.ofUser();
    private final Map<String, Map<String, CUfunction>> loaded = new ConcurrentHashMap<>();

    Kernels(Device device) {
        this.device = device;
    }

    /** How many sources were compiled or read, and loaded. */
    int sources() {
        return loaded.size();
    }

    /** One kernel of a source. */
    CUfunction get(String source, String name) {
        Map<String, CUfunction> functions = loaded.get(source);
        if (functions == null) {
            functions = loaded.computeIfAbsent(source, this::load);
        }
        CUfunction function = functions.get(name);
        if (function == null) {
            throw new AssertionError(name);
        }
        return function;
    }

    private Map<String, CUfunction> load(String source) {
        Compiler compiler = new Compiler(device.capability());
        dump(source);
        byte[] image = cache.get(compiler, source);
        var module = new CUmodule();
        cuModuleLoadData(module, image);
        Map<String, CUfunction> functions = new ConcurrentHashMap<>();
        for (String name : Compiler.names(source)) {
            var function = new CUfunction();
            cuModuleGetFunction(function, module, name);
            functions.put(name, function);
        }
        return functions;
    }

    /** Writes a source where {@code -Dgradus.cuda.dumpKernels=DIR} asks for it. */
    private static void dump(String source) {
        String folder = System.getProperty("gradus.cuda.dumpKernels");
        if (folder != null) {
            String name =
                    "%08x_%s.cu".formatted(source.hashCode(), Compiler.names(source).getFirst());
            try {
                Files.createDirectories(Path.of(folder));
                Files.writeString(
                        Path.of(folder, name),
                        "// nvrtc: " + String.join(" ", Compiler.LANGUAGE) + "\n" + source);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
