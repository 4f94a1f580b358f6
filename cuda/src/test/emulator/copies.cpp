// Device memory as the driver's functions see it: allocation, copies, fills, pinned host memory.
#include "driver.h"
#include "findings.h"
#include "memory.h"
#include "settings.h"
#include <cstdlib>
#include <cstring>
#include <map>

namespace emulator {
namespace {

std::map<char*, size_t> pinned; // host memory: start and bytes

enum class Direction { TO_DEVICE, TO_HOST, ON_DEVICE };

void count(Direction direction, size_t bytes) {
    switch (direction) {
    case Direction::TO_DEVICE: counters.toDevice++, counters.toDeviceBytes += bytes; break;
    case Direction::TO_HOST: counters.toHost++, counters.toHostBytes += bytes; break;
    case Direction::ON_DEVICE: counters.onDevice++, counters.onDeviceBytes += bytes; break;
    }
}

// The copy itself; again with the checks, since a queued one may find its memory freed.
void move(Direction direction, uint64_t to, uint64_t from, size_t bytes, const char* name) {
    void* target = direction == Direction::TO_HOST ? (void*) to : deviceMemory(to, bytes, name);
    void* source =
            direction == Direction::TO_DEVICE ? (void*) from : deviceMemory(from, bytes, name);
    if (!target || !source) return;
    memmove(target, source, bytes);
    if (direction != Direction::TO_HOST) return;
    size_t at = findPoison(target, bytes);
    if (at == bytes) return;
    counters.poisonReads++;
    const Allocation* allocation = allocationAt(from & ~TAG);
    report("%s gave uninitialised device memory, or a value computed from it: byte %zu of %zu, "
           "allocation %llu "
           "of %zu bytes",
           name, at, bytes, (unsigned long long) allocation->number, allocation->size);
}

// One copy. Asynchronous ones have a stream; only pinned host memory is left for later, since the
// driver has staged other host memory when the call returns.
int copy(Direction direction, uint64_t to, uint64_t from, size_t bytes, bool asynchronous,
         void* handle, const char* name) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    Stream* stream = streamOf(context, handle);
    if (!stream) return INVALID_HANDLE;
    if (!bytes) return SUCCESS;
    uint64_t host = direction == Direction::TO_DEVICE ? from : to;
    if (direction != Direction::ON_DEVICE && (!host || (host & TAG))) {
        report("%s: the host's side is %s", name, host ? "a device pointer" : "null");
        return INVALID_VALUE;
    }
    if (direction != Direction::TO_HOST && !deviceMemory(to, bytes, name)) return INVALID_VALUE;
    if (direction != Direction::TO_DEVICE && !deviceMemory(from, bytes, name)) return INVALID_VALUE;
    count(direction, bytes);
    if (!asynchronous) {
        runBlocking(context);
        if (!context->sticky) move(direction, to, from, bytes, name);
        return context->sticky;
    }
    if (direction != Direction::ON_DEVICE && !isPinned(host)) {
        run(stream);
        if (!context->sticky) move(direction, to, from, bytes, name);
        return context->sticky;
    }
    return enqueue(context, stream, [=] {
        if (!context->sticky) move(direction, to, from, bytes, name);
    });
}

int fill(DevicePointer to, unsigned value, size_t elements, size_t width, void* handle,
         const char* name) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    Stream* stream = streamOf(context, handle);
    if (!stream) return INVALID_HANDLE;
    if (!elements) return SUCCESS;
    if (to % width) {
        report("%s: the address is not a multiple of %zu", name, width);
        return INVALID_VALUE;
    }
    if (!deviceMemory(to, elements * width, name)) return INVALID_VALUE;
    counters.fills++;
    return enqueue(context, stream, [=] {
        char* memory = context->sticky ? nullptr : (char*) deviceMemory(to, elements * width, name);
        for (size_t i = 0; memory && i < elements; i++) memcpy(memory + i * width, &value, width);
    });
}

} // namespace

bool isPinned(uint64_t address) {
    auto next = pinned.upper_bound((char*) address);
    if (next == pinned.begin()) return false;
    auto& [start, bytes] = *std::prev(next);
    return (char*) address < start + bytes;
}

} // namespace emulator

DRIVER_API cuMemAlloc_v2(DevicePointer* result, size_t bytes) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    return allocate(result, bytes, context);
}

DRIVER_API cuMemFree_v2(DevicePointer pointer) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    if (!pointer) return SUCCESS;
    runAll(context);
    return release(pointer);
}

// The stream-ordered kind; memory is there at once, and goes when the stream comes to it.
DRIVER_API cuMemAllocAsync(DevicePointer* result, size_t bytes, void* handle) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    return streamOf(context, handle) ? allocate(result, bytes, context) : INVALID_HANDLE;
}

DRIVER_API cuMemFreeAsync(DevicePointer pointer, void* handle) {
    return submit(handle, [=] { release(pointer); });
}

DRIVER_API cuMemGetInfo_v2(size_t* free, size_t* total) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    *total = settings.memory;
    *free = settings.memory - std::min<size_t>(settings.memory, counters.liveBytes);
    return SUCCESS;
}

DRIVER_API cuMemGetAddressRange_v2(DevicePointer* start, size_t* bytes, DevicePointer pointer) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    const Allocation* allocation =
            isDevicePointer(pointer) ? allocationAt(pointer & ~TAG) : nullptr;
    if (!allocation || !allocation->live) return NOT_FOUND;
    if (start) *start = (uint64_t) allocation->data | TAG;
    if (bytes) *bytes = allocation->size;
    return SUCCESS;
}

DRIVER_API cuMemHostAlloc(void** result, size_t bytes, unsigned) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    if (!bytes || posix_memalign(result, 4096, bytes)) return bytes ? OUT_OF_MEMORY : INVALID_VALUE;
    fillWithPoison(*result, bytes);
    pinned[(char*) *result] = bytes;
    return SUCCESS;
}

DRIVER_API cuMemAllocHost_v2(void** result, size_t bytes) {
    return cuMemHostAlloc(result, bytes, 0);
}

DRIVER_API cuMemFreeHost(void* memory) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    if (!pinned.count((char*) memory)) {
        report("cuMemFreeHost of memory that cuMemAllocHost did not give");
        return INVALID_VALUE;
    }
    runAll(context);
    pinned.erase((char*) memory);
    free(memory);
    return SUCCESS;
}

DRIVER_API cuMemHostRegister_v2(void* memory, size_t bytes, unsigned) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    pinned[(char*) memory] = bytes;
    return SUCCESS;
}

DRIVER_API cuMemHostUnregister(void* memory) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    return pinned.erase((char*) memory) ? SUCCESS : HOST_MEMORY_NOT_REGISTERED;
}

#define COPY(name, To, From, direction) \
    DRIVER_API name##_v2(To to, From from, size_t bytes) { \
        return copy(Direction::direction, (uint64_t) to, (uint64_t) from, bytes, false, nullptr, \
                    #name); \
    } \
    DRIVER_API name##Async_v2(To to, From from, size_t bytes, void* stream) { \
        return copy(Direction::direction, (uint64_t) to, (uint64_t) from, bytes, true, stream, \
                    #name "Async"); \
    }
COPY(cuMemcpyHtoD, DevicePointer, const void*, TO_DEVICE)
COPY(cuMemcpyDtoH, void*, DevicePointer, TO_HOST)
COPY(cuMemcpyDtoD, DevicePointer, DevicePointer, ON_DEVICE)

#define FILL(bits, T) \
    DRIVER_API cuMemsetD##bits##_v2(DevicePointer to, T value, size_t elements) { \
        return fill(to, value, elements, bits / 8, nullptr, "cuMemsetD" #bits); \
    } \
    DRIVER_API cuMemsetD##bits##Async(DevicePointer to, T value, size_t elements, void* stream) { \
        return fill(to, value, elements, bits / 8, stream, "cuMemsetD" #bits "Async"); \
    }
FILL(8, unsigned char)
FILL(16, unsigned short)
FILL(32, unsigned)
