// Names of errors, and what every function answers that the emulator does not have.
#include "driver.h"

namespace {

struct Text {
    int result;
    const char *name, *text;
};

const Text texts[] = {
        {SUCCESS, "CUDA_SUCCESS", "no error"},
        {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
        {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
        {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
        {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
        {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
        {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
        {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
        {UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
         "the provided PTX was compiled with an unsupported toolchain"},
        {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
        {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
        {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
        {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
        {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
         "too many resources requested for launch"},
        {ASSERTION_FAILED, "CUDA_ERROR_ASSERT", "device-side assert triggered"},
        {HOST_MEMORY_NOT_REGISTERED, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED",
         "pointer does not correspond to a registered memory region"},
        {MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
        {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
        {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
        {UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

const Text* textOf(int result) {
    for (const Text& text : texts) {
        if (text.result == result) return &text;
    }
    return nullptr;
}

} // namespace

DRIVER_API cuGetErrorName(int result, const char** name) {
    const Text* text = textOf(result);
    *name = text ? text->name : nullptr;
    return text ? SUCCESS : INVALID_VALUE;
}

DRIVER_API cuGetErrorString(int result, const char** string) {
    const Text* text = textOf(result);
    *string = text ? text->text : nullptr;
    return text ? SUCCESS : INVALID_VALUE;
}

// build.sh makes a function that calls this for each one that JCuda imports and these sources do
// not define.
extern "C" int cudaEmulatorUnsupported(const char* name) {
    report("%s is not emulated", name);
    return NOT_SUPPORTED;
}
