/* A compiler that has no builtins where the environment says so. */
#include <stdlib.h>
#include <string.h>

static const char *log_text(void) {
    return getenv("FAKE_NO_BUILTINS") ? "nvrtc: error: failed to open libnvrtc-builtins.so.12.6.\n  Make sure that libnvrtc-builtins.so.12.6 is installed correctly." : "";
}

int nvrtcVersion(int *major, int *minor) { *major = 12; *minor = 6; return 0; }
int nvrtcGetNumSupportedArchs(int *count) { *count = 3; return 0; }
int nvrtcGetSupportedArchs(int *all) { all[0] = 50; all[1] = 80; all[2] = 90; return 0; }
int nvrtcCreateProgram(void **program, const char *source, const char *name, int headers, const char **contents, const char **names) {
    *program = program;
    return 0;
}
int nvrtcCompileProgram(void *program, int count, const char **options) { return getenv("FAKE_NO_BUILTINS") ? 7 : 0; }
int nvrtcGetProgramLogSize(void *program, size_t *size) { *size = strlen(log_text()) + 1; return 0; }
int nvrtcGetProgramLog(void *program, char *log) { strcpy(log, log_text()); return 0; }
int nvrtcDestroyProgram(void **program) { return *program ? 0 : 4; }
