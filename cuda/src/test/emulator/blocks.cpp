// Runs the blocks of one launch. A fiber runs thread after thread; only where a thread has to wait
// does it stay with that thread, and the scheduler takes another fiber for the rest. So a kernel
// without barriers runs as a loop.
#include "kernel.h"
#include "memory.h"
#include "results.h"
#include "warps.h"
#include <algorithm>
#include <cstring>
#include <sys/mman.h>

namespace emulator {

std::vector<KernelThread> threads;

namespace {

constexpr size_t MOST_DYNAMIC_SHARED = 256 << 10, PAGE = 4096;
// Beyond that, static shared memory is poisoned before the first block only.
constexpr size_t MOST_POISONED_PER_BLOCK = 16 << 10;

const Launch* current;
KernelThread* running;
std::vector<unsigned> order; // in which threads start and go on
size_t started;              // how many of them
bool anyWaits;               // whether a thread of this block has come to wait
std::minstd_rand randomNumbers;

void toScheduler() {
    anyWaits = true;
    emulatorSwitch(&running->fiber->stackPointer, schedulerStackPointer);
}

Fiber* worker; // the fiber that starts threads, or null

void startThreads() {
    Fiber* self = worker;
    for (;;) {
        while (started < order.size()) {
            KernelThread* thread = &threads[order[started++]];
            running = thread;
            thread->fiber = self;
            thread->state = KernelThread::RUNNING;
            current->module->thread = &thread->index;
            current->kernel->call(current->kernel->function, current->arguments);
            thread->state = KernelThread::DONE;
            // Had the thread to wait, then it kept this fiber, and another one started the rest.
            if (self != worker) break;
            thread->fiber = nullptr;
        }
        emulatorSwitch(&self->stackPointer, schedulerStackPointer);
    }
}

void resume(Fiber* fiber) {
    setRunningKernel(true);
    emulatorSwitch(&schedulerStackPointer, fiber->stackPointer);
    setRunningKernel(false);
}

void goOn(KernelThread& thread) {
    running = &thread;
    current->module->thread = &thread.index;
    thread.state = KernelThread::RUNNING;
    Fiber* fiber = thread.fiber;
    resume(fiber);
    if (thread.state == KernelThread::DONE) {
        thread.fiber = nullptr;
        giveBack(fiber);
    }
}

void waitAtBarrier(unsigned site) {
    running->state = KernelThread::AT_BARRIER;
    running->site = site;
    toScheduler();
}

unsigned long long waitInWarp(EmulatorWarpOperation operation, unsigned mask,
                              unsigned long long value, unsigned sourceLane, unsigned site) {
    KernelThread* self = running;
    self->state = KernelThread::IN_WARP;
    self->operation = operation;
    self->mask = mask;
    self->value = value;
    self->sourceLane = sourceLane;
    self->site = site;
    toScheduler();
    return self->value;
}

void trap(unsigned line) {
    fault.signal = -1;
    fault.line = line;
    toScheduler();
}

const EmulatorRuntime runtime = {waitAtBarrier, waitInWarp, trap};

// Gives back the fibers of threads that will not go on.
void abandonThreads() {
    for (KernelThread& thread : threads) {
        if (thread.fiber && thread.fiber != worker) giveBack(thread.fiber);
        thread.fiber = nullptr;
    }
    if (worker) giveBack(worker);
    worker = nullptr;
}

std::string whereItRan() {
    const EmulatorIndex &t = running->index, &b = current->module->block;
    char text[120];
    snprintf(text, sizeof text, " in thread (%u,%u,%u) of block (%u,%u,%u)", t.x, t.y, t.z, b.x,
             b.y, b.z);
    return text;
}

// Starts every thread, and runs each to its end or its first wait.
void startAll() {
    started = 0;
    while (started < order.size() && !fault.signal) {
        if (!worker) worker = takeFiber(startThreads);
        resume(worker);
        // The thread it ran last keeps the fiber where it waits.
        if (running->state != KernelThread::DONE) worker = nullptr;
    }
}

void shuffleOrder() {
    if (current->schedule == Schedule::RANDOM)
        std::shuffle(order.begin(), order.end(), randomNumbers);
}

int runBlock(std::string& text) {
    anyWaits = false;
    shuffleOrder();
    startAll();
    if (!anyWaits && !fault.signal) return SUCCESS;
    while (!fault.signal) {
        size_t done = 0, waiting = 0;
        for (KernelThread& thread : threads) {
            done += thread.state == KernelThread::DONE;
            waiting += thread.state == KernelThread::AT_BARRIER;
        }
        if (done == threads.size()) return SUCCESS;
        if (waiting == threads.size() && atSameSite()) {
            for (KernelThread& thread : threads) thread.state = KernelThread::RUNNING;
        } else if (!stepWarps(text)) {
            if (text.empty()) text = describeDivergence();
            return LAUNCH_FAILED;
        }
        shuffleOrder();
        for (unsigned i : order) {
            if (threads[i].state == KernelThread::RUNNING) goOn(threads[i]);
            if (fault.signal) break;
        }
    }
    int result = explainFault(text);
    text += whereItRan();
    return result;
}

void prepareThreads(EmulatorIndex block) {
    static EmulatorIndex lastBlock = {0, 0, 0};
    static Schedule lastSchedule = Schedule::FORWARD;
    bool sameBlock = block.x == lastBlock.x && block.y == lastBlock.y && block.z == lastBlock.z;
    // Launches come in rows of a kind; what they share is not computed again.
    if (sameBlock && current->schedule == lastSchedule && lastSchedule != Schedule::RANDOM) return;
    lastBlock = block;
    lastSchedule = current->schedule;
    size_t count = (size_t) block.x * block.y * block.z;
    threads.assign(count, KernelThread());
    order.resize(count);
    for (size_t i = 0; i < count; i++) {
        threads[i].index = {unsigned(i % block.x), unsigned(i / block.x % block.y),
                            unsigned(i / ((size_t) block.x * block.y))};
        order[i] = unsigned(current->schedule == Schedule::REVERSED ? count - 1 - i : i);
    }
}

// Block number i of n in the schedule's order: for the random one, steps that n does not divide.
size_t blockAt(size_t i, size_t n, size_t first, size_t step) {
    switch (current->schedule) {
    case Schedule::REVERSED: return n - 1 - i;
    case Schedule::RANDOM: return (first + i * step) % n;
    default: return i;
    }
}

} // namespace

int runKernel(const Launch& launch, std::string& text) {
    // It ends at a page that is not mapped.
    static char* dynamicEnd = [] {
        char* start = (char*) mmap(nullptr, MOST_DYNAMIC_SHARED + PAGE, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(start + MOST_DYNAMIC_SHARED, PAGE, PROT_NONE);
        return start + MOST_DYNAMIC_SHARED;
    }();
    FaultsOfKernels faults;
    current = &launch;
    randomNumbers.seed(launch.seed);
    prepareThreads(launch.block);
    EmulatorModule* module = launch.module;
    EmulatorIndex grid = launch.grid;
    size_t dynamicBytes = (launch.dynamicShared + 15) / 16 * 16;
    module->runtime = &runtime;
    module->blockSize = launch.block;
    module->gridSize = grid;
    module->dynamicShared = dynamicEnd - dynamicBytes;
    size_t sharedBytes = module->sharedEnd - module->sharedStart;
    size_t blocks = (size_t) grid.x * grid.y * grid.z;
    size_t first = launch.seed % blocks, step = launch.seed % 1000 + 1;
    while (std::__gcd(step, blocks) != 1) step++;
    int result = SUCCESS;
    for (size_t i = 0; i < blocks && !result; i++) {
        size_t at = blockAt(i, blocks, first, step);
        module->block = {unsigned(at % grid.x), unsigned(at / grid.x % grid.y),
                         unsigned(at / ((size_t) grid.x * grid.y))};
        // What a block has not written is undefined, whatever the one before left there.
        if (i == 0 || sharedBytes <= MOST_POISONED_PER_BLOCK) {
            fillWithPoison(module->sharedStart, sharedBytes);
        }
        fillWithPoison(module->dynamicShared, dynamicBytes);
        result = runBlock(text);
    }
    abandonThreads();
    return result;
}

} // namespace emulator
