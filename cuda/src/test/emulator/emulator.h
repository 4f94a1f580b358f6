// What the emulated libraries ask of each other: libcublas.so.12 asks libcuda.so.1, which holds all
// state.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

#define EMULATOR_API extern "C" __attribute__((visibility("default")))
#define EMULATOR_SHARED __attribute__((visibility("default")))

// A CUdeviceptr: an address with a bit set (see memory.h), so that using it on the host faults.
typedef unsigned long long DevicePointer;

namespace emulator {

// Records a finding: a fault of the program under test, which it could not have meant.
EMULATOR_SHARED void report(const char* format, ...) __attribute__((format(printf, 1, 2)));

// The memory at [pointer, pointer + bytes), or null after a report where that is not in one live
// allocation.
EMULATOR_SHARED void* deviceMemory(DevicePointer pointer, size_t bytes, const char* user);

// Appends work to a stream, or does it at once; the result is a CUresult. The caller names a gemm's
// handle's stream.
EMULATOR_SHARED int submit(void* stream, std::function<void()> work);

// What any call that needs a context gets on this thread: 0 or an error.
EMULATOR_SHARED int usable();

EMULATOR_SHARED void countBlasCall();

} // namespace emulator
