// cuLaunchKernel: what a launch must keep to, and its arguments.
#include "findings.h"
#include "kernel.h"
#include "memory.h"
#include "modules.h"
#include "settings.h"
#include <cstring>

namespace emulator {
namespace {

// Of the parameters of a kernel, from compute capability 7.0 on
constexpr size_t MOST_PARAMETER_BYTES = 32764;

// A launch's arguments, copied as the driver does, with the addresses that kernels use.
struct Arguments {
    std::vector<char> bytes;
    std::vector<size_t> offsets;
    std::vector<DevicePointer> pointers; // found in them

    std::vector<void*> addresses() {
        std::vector<void*> result;
        for (size_t offset : offsets) result.push_back(bytes.data() + offset);
        return result;
    }
};

// Takes the tag off every device pointer in an argument: the argument itself, or a word of a
// struct. 0 or an error.
int untag(const char* kernel, int number, char* argument, size_t size, bool isPointer,
          Arguments& all) {
    char user[200];
    for (size_t offset = 0; offset + 8 <= size; offset += 8) {
        uint64_t word;
        memcpy(&word, argument + offset, 8);
        if (!isPointer && !isDevicePointer(word) && !isPinned(word)) continue;
        if (!word) continue;
        snprintf(user, sizeof user, "%s: argument %d", kernel, number);
        if (!isPointer) snprintf(user + strlen(user), 40, " at byte %zu", offset);
        if (!deviceMemory(word, 0, user)) return INVALID_VALUE;
        all.pointers.push_back(word);
        word &= ~TAG;
        memcpy(argument + offset, &word, 8);
    }
    return SUCCESS;
}

int gather(const EmulatorKernel* kernel, void** parameters, Arguments& all) {
    for (int i = 0; kernel->sizes[i]; i++) {
        all.offsets.push_back(all.bytes.size());
        all.bytes.resize((all.bytes.size() + kernel->sizes[i] + 15) / 16 * 16);
    }
    if (all.offsets.empty()) return SUCCESS;
    if (!parameters || all.bytes.size() > MOST_PARAMETER_BYTES) {
        report("%s: %zu bytes of parameters are %s", kernel->name, all.bytes.size(),
               parameters ? "too many" : "missing");
        return INVALID_VALUE;
    }
    for (size_t i = 0; i < all.offsets.size(); i++) {
        char* argument = all.bytes.data() + all.offsets[i];
        memcpy(argument, parameters[i], kernel->sizes[i]);
        if (int error = untag(kernel->name, (int) i, argument, kernel->sizes[i],
                              kernel->arePointers[i], all)) {
            return error;
        }
    }
    return SUCCESS;
}

int check(const Function& function, const EmulatorIndex& grid, const EmulatorIndex& block,
          unsigned shared) {
    auto limit = [](int attribute) { return (unsigned) settings.attributes[attribute]; };
    const char* name = function.kernel->name;
    uint64_t threads = (uint64_t) block.x * block.y * block.z;
    bool empty = !threads || !grid.x || !grid.y || !grid.z;
    if (empty || block.x > limit(2) || block.y > limit(3) || block.z > limit(4) ||
        threads > limit(1) || grid.x > limit(5) || grid.y > limit(6) || grid.z > limit(7)) {
        report("%s: the device has no grid of (%u,%u,%u) blocks of (%u,%u,%u) threads", name,
               grid.x, grid.y, grid.z, block.x, block.y, block.z);
        return INVALID_VALUE;
    }
    if (function.kernel->maxThreads && threads > function.kernel->maxThreads) {
        report("%s: %llu threads are more than its __launch_bounds__(%u)", name,
               (unsigned long long) threads, function.kernel->maxThreads);
        return INVALID_VALUE;
    }
    if ((int64_t) shared > function.mostDynamicShared) {
        report("%s: %u bytes of dynamic shared memory are more than the %d that remain beside %zu "
               "static ones",
               name, shared, function.mostDynamicShared, staticShared(function));
        return INVALID_VALUE;
    }
    return SUCCESS;
}

// The schedule of this launch: rotating ones take turns.
void setSchedule(Launch& launch) {
    static uint64_t number = 0;
    number++;
    launch.schedule =
            settings.schedule == Schedule::ROTATING ? (Schedule) (number % 3) : settings.schedule;
    launch.seed = (unsigned) (settings.seed + number * 2654435761u);
}

void runOnce(Context* context, Launch launch, Arguments& arguments) {
    if (context->sticky) return;
    std::vector<void*> addresses = arguments.addresses();
    launch.arguments = addresses.data();
    std::string fault;
    context->sticky = runKernel(launch, fault);
    if (context->sticky) report("kernel %s: %s", launch.kernel->name, fault.c_str());
    for (DevicePointer pointer : arguments.pointers) {
        const Allocation* allocation = allocationAt(pointer & ~TAG);
        if (allocation && allocation->live) checkEdges(*allocation, launch.kernel->name);
    }
}

} // namespace
} // namespace emulator

DRIVER_API cuLaunchKernel(Function* function, unsigned gridX, unsigned gridY, unsigned gridZ,
                          unsigned blockX, unsigned blockY, unsigned blockZ, unsigned shared,
                          void* handle, void** parameters, void** extra) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    if (!isLoaded(function)) {
        report("launch of a function that is not loaded");
        return INVALID_HANDLE;
    }
    Stream* stream = streamOf(context, handle);
    if (!stream) return INVALID_HANDLE;
    if (extra) return NOT_SUPPORTED;
    Launch launch = {};
    launch.module = function->module->compiled;
    launch.kernel = function->kernel;
    launch.grid = {gridX, gridY, gridZ};
    launch.block = {blockX, blockY, blockZ};
    launch.dynamicShared = shared;
    Arguments arguments;
    if (int error = check(*function, launch.grid, launch.block, shared)) return error;
    if (int error = gather(launch.kernel, parameters, arguments)) return error;
    counters.launches++;
    launchesByKernel[launch.kernel->name]++;
    setSchedule(launch);
    return enqueue(context, stream, [=]() mutable { runOnce(context, launch, arguments); });
}
