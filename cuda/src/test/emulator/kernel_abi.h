// What a compiled kernel and the emulated driver know of each other. Part of every kernel's
// translation unit, so it includes nothing.
#pragma once

struct EmulatorIndex {
    unsigned x, y, z;
};

// One __global__ function.
struct EmulatorKernel {
    const char* name;
    void (*function)();
    // Calls the function with arguments[0], arguments[1], …
    void (*call)(void (*function)(), void** arguments);
    const unsigned* sizes;            // of the arguments, in bytes; ends with 0
    const unsigned char* arePointers; // one per argument
    unsigned maxThreads;              // from __launch_bounds__, or 0
};

// What a warp's threads do together.
enum EmulatorWarpOperation { EMULATOR_SHUFFLE, EMULATOR_BALLOT, EMULATOR_SYNCHRONIZE };

// What a kernel asks of the emulator. `site` tells one place in the source from another: line +
// number * 65536.
struct EmulatorRuntime {
    void (*barrier)(unsigned site);
    unsigned long long (*warp)(EmulatorWarpOperation operation, unsigned mask,
                               unsigned long long value, unsigned sourceLane, unsigned site);
    void (*trap)(unsigned line);
};

// The kernel's view of where it is; the driver changes it as it runs thread after thread.
struct EmulatorModule {
    const EmulatorIndex* thread;
    EmulatorIndex block, blockSize, gridSize;
    void* dynamicShared;
    const EmulatorRuntime* runtime;
    char* sharedStart; // __shared__ variables, of all kernels of the module
    char* sharedEnd;
    const EmulatorKernel* kernels; // ends with a null name
};
