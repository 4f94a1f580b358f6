// Modules and their functions: what the emulated NVRTC compiled, loaded.
#pragma once
#include "driver.h"
#include "kernel_abi.h"
#include <string>

namespace emulator {

struct Module {
    void* library; // of dlopen
    int file;
    EmulatorModule* compiled;
};

struct Function {
    Module* module;
    const EmulatorKernel* kernel;
    int mostDynamicShared;
};

// Whether the function was given out and its module is still loaded.
bool isLoaded(Function* function);

// Known where the module has no other kernel; 0 elsewhere.
size_t staticShared(const Function& function);

} // namespace emulator
