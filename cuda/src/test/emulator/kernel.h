// How a kernel runs: blocks one after another, the threads of a block in the schedule's order, on
// the host thread that launches. A thread that waits at a barrier or in a warp operation leaves its
// fiber there, and another one goes on.
#pragma once
#include "kernel_abi.h"
#include "settings.h"
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace emulator {

struct Launch {
    EmulatorModule* module;
    const EmulatorKernel* kernel;
    EmulatorIndex grid, block;
    size_t dynamicShared;
    void** arguments;
    Schedule schedule; // not ROTATING
    unsigned seed;
};

// SUCCESS, or the CUresult that the fault leaves in the context, and what happened.
int runKernel(const Launch& launch, std::string& fault);

// ---- fibers.cpp: stacks, and the switch between them

struct Fiber {
    void* stackPointer;
    char* stack;
    char* top;
};

// Leaves `from` here and goes on where `to` was left.
extern "C" void emulatorSwitch(void** from, void* to);

// One that begins with `function`, which must never return.
Fiber* takeFiber(void (*function)());
// Its stack serves the next one.
void giveBack(Fiber* fiber);

// ---- faults.cpp: what the processor does not let a kernel do

struct Fault {
    int signal = 0; // 0: none; -1: __trap()
    void* instruction = nullptr;
    void* address = nullptr;
    unsigned line = 0;
};

extern Fault fault;
extern void* schedulerStackPointer;

// Until the end of the scope this thread's signals of that kind are faults of a kernel.
class FaultsOfKernels {
public:
    FaultsOfKernels();
    ~FaultsOfKernels();
};

// Where a fault leads while a kernel's thread runs: back to the scheduler.
void setRunningKernel(bool running);

// The CUresult and the text for `fault`, with the line of the source.
int explainFault(std::string& text);

} // namespace emulator
