/* A compiler that opens its builtins by name, as the real one does, and then does nothing. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char *log_text = "";

int nvrtcVersion(int *major, int *minor) { *major = 12; *minor = 6; return 0; }
int nvrtcGetNumSupportedArchs(int *count) { *count = 3; return 0; }
int nvrtcGetSupportedArchs(int *all) { all[0] = 50; all[1] = 80; all[2] = 90; return 0; }
int nvrtcCreateProgram(void **program, const char *source, const char *name, int headers, const char **contents, const char **names) {
    *program = program;
    return 0;
}
int nvrtcCompileProgram(void *program, int count, const char **options) {
    if (dlopen("libnvrtc-builtins.so.12.6", RTLD_LAZY)) {
        return 0;
    }
    log_text = "nvrtc: error: failed to open libnvrtc-builtins.so.12.6.\n  Make sure that libnvrtc-builtins.so.12.6 is installed correctly.";
    return 7;
}
int nvrtcGetProgramLogSize(void *program, size_t *size) { *size = strlen(log_text) + 1; return 0; }
int nvrtcGetProgramLog(void *program, char *log) { strcpy(log, log_text); return 0; }
int nvrtcDestroyProgram(void **program) { return *program ? 0 : 4; }
