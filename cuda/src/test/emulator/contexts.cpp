// Initialisation, devices, contexts.
#include "driver.h"
#include "findings.h"
#include "memory.h"
#include "settings.h"
#include <cstdio>
#include <cstring>

namespace emulator {

bool initialized = false;
std::set<Context*> contexts;

namespace {

// Contexts are a matter of each thread: one that never set its own has none.
thread_local std::vector<Context*> contextStack;
Context* primary = nullptr;

int checkDevice(int device) {
    if (!initialized) return NOT_INITIALIZED;
    return device >= 0 && device < settings.devices ? SUCCESS : INVALID_DEVICE;
}

} // namespace

Context* currentContext() {
    if (contextStack.empty() || !contexts.count(contextStack.back())) return nullptr;
    return contextStack.back();
}

int usableContext(Context** context) {
    if (!initialized) return NOT_INITIALIZED;
    *context = currentContext();
    if (!*context) return INVALID_CONTEXT;
    return settings.lost ? settings.lost : (*context)->sticky;
}

int usable() {
    Lock lock(driverLock);
    Context* context;
    return usableContext(&context);
}

void destroy(Context* context) {
    runAll(context);
    releaseAll(context);
    for (Stream* stream : context->streams) delete stream;
    contexts.erase(context);
    if (contexts.empty()) unloadAllModules();
    delete context;
}

} // namespace emulator

DRIVER_API cuInit(unsigned flags) {
    Lock lock(driverLock);
    if (flags) return INVALID_VALUE;
    if (!settings.devices) return NO_DEVICE;
    initialized = true;
    writeReportAtExit();
    return SUCCESS;
}

DRIVER_API cuDriverGetVersion(int* version) {
    *version = settings.driverVersion;
    return SUCCESS;
}

DRIVER_API cuDeviceGetCount(int* count) {
    if (!initialized) return NOT_INITIALIZED;
    *count = settings.devices;
    return SUCCESS;
}

DRIVER_API cuDeviceGet(int* device, int ordinal) {
    *device = ordinal;
    return checkDevice(ordinal);
}

DRIVER_API cuDeviceGetName(char* name, int capacity, int device) {
    snprintf(name, capacity, "Emulated CUDA device");
    return checkDevice(device);
}

DRIVER_API cuDeviceGetUuid(unsigned char* uuid, int device) {
    memcpy(uuid, "CUDA emulator  ", 16);
    uuid[15] = (unsigned char) device;
    return checkDevice(device);
}

DRIVER_API cuDeviceGetUuid_v2(unsigned char* uuid, int device) {
    return cuDeviceGetUuid(uuid, device);
}

DRIVER_API cuDeviceTotalMem_v2(size_t* bytes, int device) {
    *bytes = settings.memory;
    return checkDevice(device);
}

DRIVER_API cuDeviceGetAttribute(int* value, int attribute, int device) {
    Lock lock(driverLock);
    auto found = settings.attributes.find(attribute);
    *value = found == settings.attributes.end() ? 0 : found->second;
    return checkDevice(device);
}

DRIVER_API cuDeviceComputeCapability(int* major, int* minor, int device) {
    *major = settings.attributes[75];
    *minor = settings.attributes[76];
    return checkDevice(device);
}

DRIVER_API cuDevicePrimaryCtxRetain(Context** result, int device) {
    Lock lock(driverLock);
    if (int error = checkDevice(device)) return error;
    if (settings.lost) return settings.lost;
    if (!primary) contexts.insert(primary = new Context);
    primary->references++;
    *result = primary;
    return SUCCESS;
}

DRIVER_API cuDevicePrimaryCtxRelease_v2(int device) {
    Lock lock(driverLock);
    if (int error = checkDevice(device)) return error;
    if (!primary) return INVALID_CONTEXT;
    if (--primary->references == 0) {
        destroy(primary);
        primary = nullptr;
    }
    return SUCCESS;
}

DRIVER_API cuDevicePrimaryCtxSetFlags_v2(int device, unsigned) { return checkDevice(device); }

DRIVER_API cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active) {
    *flags = 0;
    *active = primary != nullptr;
    return checkDevice(device);
}

DRIVER_API cuCtxCreate_v2(Context** result, unsigned, int device) {
    Lock lock(driverLock);
    if (int error = checkDevice(device)) return error;
    contexts.insert(*result = new Context);
    contextStack.push_back(*result);
    return SUCCESS;
}

DRIVER_API cuCtxDestroy_v2(Context* context) {
    Lock lock(driverLock);
    if (!contexts.count(context)) {
        report("cuCtxDestroy of a context that does not exist");
        return INVALID_CONTEXT;
    }
    if (currentContext() == context) contextStack.pop_back();
    destroy(context);
    return SUCCESS;
}

DRIVER_API cuCtxSetCurrent(Context* context) {
    Lock lock(driverLock);
    if (!initialized) return NOT_INITIALIZED;
    if (context && !contexts.count(context)) return INVALID_CONTEXT;
    if (!contextStack.empty()) contextStack.pop_back();
    if (context) contextStack.push_back(context);
    return SUCCESS;
}

DRIVER_API cuCtxGetCurrent(Context** context) {
    Lock lock(driverLock);
    if (!initialized) return NOT_INITIALIZED;
    *context = currentContext();
    return SUCCESS;
}

DRIVER_API cuCtxPushCurrent_v2(Context* context) {
    Lock lock(driverLock);
    if (!initialized) return NOT_INITIALIZED;
    if (!contexts.count(context)) return INVALID_CONTEXT;
    contextStack.push_back(context);
    return SUCCESS;
}

DRIVER_API cuCtxPopCurrent_v2(Context** context) {
    Lock lock(driverLock);
    if (contextStack.empty()) return INVALID_CONTEXT;
    if (context) *context = contextStack.back();
    contextStack.pop_back();
    return SUCCESS;
}

DRIVER_API cuCtxGetDevice(int* device) {
    *device = 0;
    return usable();
}

DRIVER_API cuCtxGetApiVersion(Context*, unsigned* version) {
    *version = 3020;
    return usable();
}

DRIVER_API cuCtxSynchronize() {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    counters.contextSynchronizations++;
    runAll(context);
    return context->sticky;
}

DRIVER_API cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    if (least) *least = 0;
    if (greatest) *greatest = 0;
    return usable();
}
