/* A cuBLAS that knows its version. */
int cublasGetVersion_v2(void *handle, int *version) { *version = 120603; return 0; }
int cublasDestroy_v2(void *handle) { return 1; }
