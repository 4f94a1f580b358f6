#include "settings.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace emulator {

Settings settings = initialSettings();

const char* environment(const char* name, const char* otherwise) {
    const char* value = getenv(name);
    return value && *value ? value : otherwise;
}

static long number(const char* name, long otherwise) {
    const char* value = environment(name, nullptr);
    return value ? atol(value) : otherwise;
}

static Schedule schedule() {
    const char* name = environment("CUDA_EMULATOR_SCHEDULE", "forward");
    const char* names[] = {"forward", "reversed", "random", "rotating"};
    for (int i = 0; i < 4; i++) {
        if (!strcmp(name, names[i])) return (Schedule) i;
    }
    fprintf(stderr,
            "CUDA emulator: CUDA_EMULATOR_SCHEDULE is forward, reversed, random or rotating, not "
            "%s\n",
            name);
    abort();
}

Settings initialSettings() {
    Settings s;
    s.schedule = schedule();
    s.seed = (unsigned) number("CUDA_EMULATOR_SEED", 1);
    s.deferred = number("CUDA_EMULATOR_DEFERRED", 0);
    s.quiet = number("CUDA_EMULATOR_QUIET", 0);
    s.devices = (int) number("CUDA_EMULATOR_DEVICES", 1);
    s.driverVersion = (int) number("CUDA_EMULATOR_DRIVER", 12060);
    s.memory = (size_t) number("CUDA_EMULATOR_MEMORY_MB", 2048) << 20;
    int major = 9, minor = 0;
    sscanf(environment("CUDA_EMULATOR_COMPUTE", "9.0"), "%d.%d", &major, &minor);
    // Few multiprocessors: programs size their grids by them, and each thread costs time here.
    s.attributes = {
            {1, 1024},       // MAX_THREADS_PER_BLOCK
            {2, 1024},       // MAX_BLOCK_DIM_X
            {3, 1024},       // MAX_BLOCK_DIM_Y
            {4, 64},         // MAX_BLOCK_DIM_Z
            {5, 2147483647}, // MAX_GRID_DIM_X
            {6, 65535},      // MAX_GRID_DIM_Y
            {7, 65535},      // MAX_GRID_DIM_Z
            {8, 49152},      // MAX_SHARED_MEMORY_PER_BLOCK
            {9, 65536},      // TOTAL_CONSTANT_MEMORY
            {10, 32},        // WARP_SIZE
            {12, 65536},     // MAX_REGISTERS_PER_BLOCK
            {13, 1000000},   // CLOCK_RATE
            {14, 512},       // TEXTURE_ALIGNMENT
            {15, 1},         // GPU_OVERLAP
            {16, 2},         // MULTIPROCESSOR_COUNT
            {19, 1},         // CAN_MAP_HOST_MEMORY
            {31, 1},         // CONCURRENT_KERNELS
            {36, 1000000},   // MEMORY_CLOCK_RATE
            {37, 64},        // GLOBAL_MEMORY_BUS_WIDTH
            {38, 1 << 20},   // L2_CACHE_SIZE
            {39, 2048},      // MAX_THREADS_PER_MULTIPROCESSOR
            {40, 1},         // ASYNC_ENGINE_COUNT
            {41, 1},         // UNIFIED_ADDRESSING
            {75, major},     // COMPUTE_CAPABILITY_MAJOR
            {76, minor},     // COMPUTE_CAPABILITY_MINOR
            {81, 233472},    // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
            {82, 65536},     // MAX_REGISTERS_PER_MULTIPROCESSOR
            {97, 232448},    // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
            {106, 32},       // MAX_BLOCKS_PER_MULTIPROCESSOR
    };
    return s;
}

} // namespace emulator
