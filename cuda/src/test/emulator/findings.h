// What the emulator has seen: counters, and findings.
#pragma once
#include "emulator.h"
#include <map>
#include <string>
#include <vector>

namespace emulator {

// In the order of dev.gradus.cuda.Emulator.Counters.
struct Counters {
    int64_t launches, blasCalls;
    int64_t toDevice, toDeviceBytes, toHost, toHostBytes, onDevice, onDeviceBytes, fills;
    int64_t allocations, frees, liveBytes, peakBytes;
    int64_t findings, poisonReads;
    int64_t streamSynchronizations, contextSynchronizations;
};

extern Counters counters;
extern std::map<std::string, int64_t> launchesByKernel;
extern std::vector<std::string> findings;

// A finding or counter of the past is gone; what is live stays counted.
void resetFindings();

// Counters, launches of each kernel, live allocations and findings: one a line, as "word value".
std::string describeAll();

// Writes describeAll() to the file that $CUDA_EMULATOR_REPORT names, now and when the process ends.
void writeReportAtExit();

} // namespace emulator
