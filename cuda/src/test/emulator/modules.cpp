#include "modules.h"
#include "findings.h"
#include "settings.h"
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <map>
#include <sys/mman.h>
#include <unistd.h>

namespace emulator {
namespace {

std::set<Module*> modules;
// By module and name, so that a function asked for twice is the same one.
std::map<std::pair<Module*, std::string>, Function*> functions;
std::set<Function*> loadedFunctions;

const char PTX_MARK[] = "//cuda-emulator:", PTX_END[] = "\n//end\n";

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// The shared object inside an image: a CUBIN is one, PTX holds its hexadecimal digits. Empty after
// a report.
std::string objectOf(const void* image) {
    const char* text = (const char*) image;
    if (!memcmp(image, ELFMAG, SELFMAG)) {
        auto* header = (const Elf64_Ehdr*) image;
        return std::string(text, header->e_shoff + (size_t) header->e_shnum * header->e_shentsize);
    }
    const char* mark = strncmp(text, "//", 2) ? nullptr : strstr(text, PTX_MARK);
    if (!mark) {
        report("cuModuleLoadData: the image is not one that the emulated NVRTC made");
        return "";
    }
    std::string object;
    const char* at = mark + strlen(PTX_MARK);
    for (; *at > ' '; at += 2) object += (char) (digit(at[0]) << 4 | digit(at[1]));
    if (!strcmp(at, PTX_END)) return object;
    report("cuModuleLoadData: the PTX does not end with a zero");
    return "";
}

// dlopen wants a file: one that has no name, and that goes with the module.
int load(Module** result, const std::string& object) {
    int file = memfd_create("cuda-emulator-module", MFD_CLOEXEC);
    if (file < 0) return UNKNOWN;
    for (size_t written = 0; written < object.size();) {
        ssize_t n = write(file, object.data() + written, object.size() - written);
        if (n <= 0) return UNKNOWN;
        written += n;
    }
    std::string path = "/proc/self/fd/" + std::to_string(file);
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* entry = library ? dlsym(library, "cudaEmulatorModule") : nullptr;
    if (!entry) {
        report("cuModuleLoadData: %s", dlerror());
        if (library) dlclose(library);
        close(file);
        return INVALID_IMAGE;
    }
    *result = new Module{library, file, ((EmulatorModule * (*)()) entry)()};
    modules.insert(*result);
    return SUCCESS;
}

void unload(Module* module) {
    for (auto each = functions.begin(); each != functions.end();) {
        if (each->first.first != module) {
            ++each;
            continue;
        }
        loadedFunctions.erase(each->second);
        delete each->second;
        each = functions.erase(each);
    }
    dlclose(module->library);
    close(module->file);
    modules.erase(module);
    delete module;
}

} // namespace

void unloadAllModules() {
    while (!modules.empty()) unload(*modules.begin());
}

bool isLoaded(Function* function) { return loadedFunctions.count(function); }

size_t staticShared(const Function& function) {
    const EmulatorModule* compiled = function.module->compiled;
    return compiled->kernels[1].name ? 0 : compiled->sharedEnd - compiled->sharedStart;
}

} // namespace emulator

DRIVER_API cuModuleLoadDataEx(Module** result, const void* image, unsigned, int*, void**) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    if (!image) return INVALID_VALUE;
    // As a driver of before CUDA 12 answers to what NVRTC 12 makes
    if (settings.driverVersion < 12000) return UNSUPPORTED_PTX_VERSION;
    // Kernels use libm without being linked to it, which saves the linker half of its time.
    static void* mathematics = dlopen("libm.so.6", RTLD_NOW | RTLD_GLOBAL);
    std::string object = mathematics ? objectOf(image) : "";
    return object.empty() ? INVALID_IMAGE : load(result, object);
}

DRIVER_API cuModuleLoadData(Module** result, const void* image) {
    return cuModuleLoadDataEx(result, image, 0, nullptr, nullptr);
}

DRIVER_API cuModuleUnload(Module* module) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    if (!modules.count(module)) return INVALID_HANDLE;
    runAll(context);
    unload(module);
    return SUCCESS;
}

DRIVER_API cuModuleGetFunction(Function** result, Module* module, const char* name) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    if (!modules.count(module)) return INVALID_HANDLE;
    Function*& function = functions[{module, name}];
    for (const EmulatorKernel* kernel = module->compiled->kernels; !function && kernel->name;
         kernel++) {
        if (strcmp(kernel->name, name)) continue;
        // Without extern "C" the name that the device knows is a mangled one. Templates have their
        // expression's.
        if (!strpbrk(name, "<&:") && !dlsym(module->library, name)) continue;
        function = new Function{module, kernel, settings.attributes[8]};
        function->mostDynamicShared -= (int) staticShared(*function);
        loadedFunctions.insert(function);
    }
    if (!function)
        functions.erase({module, name});
    else
        *result = function;
    return function ? SUCCESS : NOT_FOUND;
}

// The numbers are those of CUfunction_attribute.
enum {
    MAX_THREADS_PER_BLOCK,
    SHARED_SIZE_BYTES,
    CONST_SIZE_BYTES,
    LOCAL_SIZE_BYTES,
    NUM_REGS,
    PTX_VERSION,
    BINARY_VERSION,
    CACHE_MODE_CA,
    MAX_DYNAMIC_SHARED_SIZE_BYTES
};

DRIVER_API cuFuncGetAttribute(int* value, int attribute, Function* function) {
    Lock lock(driverLock);
    if (!isLoaded(function)) return INVALID_HANDLE;
    unsigned bound = function->kernel->maxThreads;
    int compute = settings.attributes[75] * 10 + settings.attributes[76];
    switch (attribute) {
    case MAX_THREADS_PER_BLOCK: *value = bound ? (int) bound : settings.attributes[1]; break;
    case SHARED_SIZE_BYTES: *value = (int) staticShared(*function); break;
    case NUM_REGS: *value = 32; break; // not known
    case PTX_VERSION:
    case BINARY_VERSION: *value = compute; break;
    case MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = function->mostDynamicShared; break;
    default: *value = 0;
    }
    return SUCCESS;
}

DRIVER_API cuFuncSetAttribute(Function* function, int attribute, int value) {
    Lock lock(driverLock);
    if (!isLoaded(function)) return INVALID_HANDLE;
    if (attribute != MAX_DYNAMIC_SHARED_SIZE_BYTES) return SUCCESS;
    if (value < 0 || value + (int) staticShared(*function) > settings.attributes[97])
        return INVALID_VALUE;
    function->mostDynamicShared = value;
    return SUCCESS;
}

DRIVER_API cuFuncSetCacheConfig(Function* function, int) {
    return isLoaded(function) ? SUCCESS : INVALID_HANDLE;
}

DRIVER_API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, Function* function,
                                                       int blockSize, size_t) {
    Lock lock(driverLock);
    if (!isLoaded(function)) return INVALID_HANDLE;
    *blocks = blockSize > 0 && blockSize <= 1024 ? 2048 / blockSize : 0;
    return SUCCESS;
}
