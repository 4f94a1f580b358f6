#include "warps.h"
#include "memory.h"
#include <algorithm>

namespace emulator {
namespace {

constexpr unsigned LANES = 32;
constexpr unsigned LINE = 0xffff; // of a site

bool isIn(unsigned lanes, unsigned lane) { return lanes >> lane & 1; }

// The lanes of the warp that take part in the operation that `self` waits in, or 0 while one is
// missing. Threads that have ended are not waited for.
unsigned lanesReady(const KernelThread* warp, unsigned size, const KernelThread& self) {
    unsigned ready = 0;
    for (unsigned lane = 0; lane < size; lane++) {
        const KernelThread& other = warp[lane];
        if (!isIn(self.mask, lane) || other.state == KernelThread::DONE) continue;
        if (other.state != KernelThread::IN_WARP || other.site != self.site ||
            other.mask != self.mask)
            return 0;
        ready |= 1u << lane;
    }
    return ready;
}

void finish(KernelThread* warp, unsigned lanes, EmulatorWarpOperation operation) {
    unsigned long long given[LANES] = {};
    unsigned votes = 0;
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (!isIn(lanes, lane)) continue;
        given[lane] = warp[lane].value;
        if (given[lane]) votes |= 1u << lane;
    }
    for (unsigned lane = 0; lane < LANES; lane++) {
        if (!isIn(lanes, lane)) continue;
        KernelThread& thread = warp[lane];
        unsigned source = thread.sourceLane % LANES;
        if (operation == EMULATOR_BALLOT) {
            thread.value = votes;
        } else if (operation == EMULATOR_SHUFFLE) {
            // The value of a lane that takes no part is undefined.
            thread.value = isIn(lanes, source) ? given[source] : (uint64_t) POISON << 32 | POISON;
        }
        thread.state = KernelThread::RUNNING;
    }
}

} // namespace

bool atSameSite() {
    unsigned site = 0;
    for (const KernelThread& thread : threads) {
        if (thread.state != KernelThread::AT_BARRIER) continue;
        if (site && thread.site != site) return false;
        site = thread.site;
    }
    return true;
}

bool stepWarps(std::string& text) {
    bool moved = false;
    for (size_t first = 0; first < threads.size(); first += LANES) {
        unsigned size = (unsigned) std::min<size_t>(LANES, threads.size() - first);
        KernelThread* warp = &threads[first];
        for (unsigned lane = 0; lane < size; lane++) {
            if (warp[lane].state != KernelThread::IN_WARP) continue;
            if (!isIn(warp[lane].mask, lane)) {
                text = "warp operation at line " + std::to_string(warp[lane].site & LINE) +
                       " by a lane that its own mask leaves out";
                return false;
            }
            if (unsigned lanes = lanesReady(warp, size, warp[lane])) {
                finish(warp, lanes, warp[lane].operation);
                moved = true;
            }
        }
    }
    return moved;
}

std::string describeDivergence() {
    size_t done = 0, atBarrier = 0, inWarp = 0;
    unsigned barrierLine = 0, warpLine = 0;
    for (const KernelThread& thread : threads) {
        if (thread.state == KernelThread::DONE) {
            done++;
        } else if (thread.state == KernelThread::AT_BARRIER) {
            atBarrier++;
            barrierLine = thread.site & LINE;
        } else {
            inWarp++;
            warpLine = thread.site & LINE;
        }
    }
    std::string text = "divergence: of " + std::to_string(threads.size()) + " threads";
    if (atBarrier) {
        text += " " + std::to_string(atBarrier) + " wait at __syncthreads (line " +
                std::to_string(barrierLine) + (atSameSite() ? "" : ", and another one") + "),";
    }
    if (inWarp) {
        text += " " + std::to_string(inWarp) + " in a warp operation (line " +
                std::to_string(warpLine) + "),";
    }
    return text + " " + std::to_string(done) + " have ended";
}

} // namespace emulator
