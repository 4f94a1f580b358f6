// What the tests may choose: by environment, or in process (hooks.cpp).
#pragma once
#include <cstddef>
#include <map>

namespace emulator {

// The order in which the threads of a block, and the blocks, run. ROTATING takes the others in
// turn.
enum class Schedule { FORWARD, REVERSED, RANDOM, ROTATING };

struct Settings {
    Schedule schedule;
    unsigned seed;           // of the random schedule
    bool deferred;           // work of a stream waits until something synchronises
    long failAllocation = 0; // n: the n-th allocation from now fails; 0: none
    int lost = 0;            // the error that every call gets, or 0
    bool quiet;              // findings are recorded, and not printed
    int devices;
    int driverVersion;
    size_t memory;                 // bytes of the device
    std::map<int, int> attributes; // of the device, by CUdevice_attribute
};

extern Settings settings;

// As the environment says.
Settings initialSettings();

// An environment variable's value, or `otherwise` where it is not set.
const char* environment(const char* name, const char* otherwise);

} // namespace emulator
