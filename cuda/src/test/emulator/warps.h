// What threads of a block wait for: barriers, and the operations of a warp.
#pragma once
#include "kernel.h"
#include <vector>

namespace emulator {

struct KernelThread {
    enum State { RUNNING, AT_BARRIER, IN_WARP, DONE };
    EmulatorIndex index;
    State state;
    Fiber* fiber;  // while it runs or waits
    unsigned site; // where it waits
    // in a warp operation
    EmulatorWarpOperation operation;
    unsigned mask;
    unsigned long long value; // given, then taken
    unsigned sourceLane;
};

// Of the block that runs
extern std::vector<KernelThread> threads;

// Whether all that wait at a barrier wait at the same one.
bool atSameSite();

// Lets each warp go on whose lanes named in the mask have all come to the same operation; false
// where there is none, with a text where that is the fault of a mask.
bool stepWarps(std::string& text);

// Why no thread can go on.
std::string describeDivergence();

} // namespace emulator
