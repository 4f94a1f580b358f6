// What dev.gradus.cuda.Emulator calls: no part of CUDA.
#include "driver.h"
#include "findings.h"
#include "memory.h"
#include "settings.h"
#include <cstring>

// The constants of the same names in Emulator.java
enum Option {
    SCHEDULE,
    SEED,
    DEFERRED,
    FAIL_ALLOCATION,
    LOST,
    DEVICES,
    DRIVER_VERSION,
    MEMORY,
    QUIET,
    ATTRIBUTES
};

EMULATOR_API int64_t cudaEmulatorCounter(int index) {
    Lock lock(driverLock);
    return ((const int64_t*) &counters)[index];
}

// Attribute a of the device is option ATTRIBUTES + a.
EMULATOR_API void cudaEmulatorSet(int option, int64_t value) {
    Lock lock(driverLock);
    switch (option) {
    case SCHEDULE: settings.schedule = (Schedule) value; break;
    case SEED: settings.seed = (unsigned) value; break;
    case DEFERRED:
        settings.deferred = value;
        if (!value) {
            for (Context* context : contexts) runAll(context);
        }
        break;
    case FAIL_ALLOCATION: settings.failAllocation = value; break;
    case LOST: settings.lost = (int) value; break;
    case DEVICES: settings.devices = (int) value; break;
    case DRIVER_VERSION: settings.driverVersion = (int) value; break;
    case MEMORY: settings.memory = (size_t) value; break;
    case QUIET: settings.quiet = value; break;
    default: settings.attributes[option - ATTRIBUTES] = (int) value;
    }
}

// Everything as the environment says, no faults, no findings; memory and what is loaded stays.
EMULATOR_API void cudaEmulatorReset() {
    Lock lock(driverLock);
    settings = initialSettings();
    for (Context* context : contexts) {
        context->sticky = 0;
        runAll(context);
        context->sticky = 0;
    }
    resetFindings();
}

EMULATOR_API void cudaEmulatorReportLeaks() {
    Lock lock(driverLock);
    reportLeaks(nullptr, "a check");
}

// The text of the report, without a zero: how many bytes it has, of which as many as there is room
// for are written.
EMULATOR_API int64_t cudaEmulatorDescribe(char* text, int64_t capacity) {
    Lock lock(driverLock);
    std::string all = describeAll();
    memcpy(text, all.data(), std::min<size_t>(capacity, all.size()));
    return (int64_t) all.size();
}
