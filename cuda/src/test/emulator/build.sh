#!/bin/bash
# build.sh NATIVES FOLDER: builds libcuda.so.1, libnvrtc.so.12 and libcublas.so.12 in FOLDER, for
# the JCuda libraries in NATIVES. Where that is not possible, FOLDER/missing.txt says why, and the
# build goes on without an emulator.
set -euo pipefail
natives=$1
folder=$2
sources=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
cd "$folder"
rm -f report.txt

missing() {
    rm -f lib*.so.*
    echo "$1" > missing.txt
    echo "The CUDA emulator is not built, and the tests that need it are skipped: $1"
    exit 0
}
[ "$(uname -sm)" = "Linux x86_64" ] || missing "it needs Linux on x86-64"
command -v g++ > /dev/null || missing "it needs g++ (on Debian and Ubuntu: apt-get install g++)"
compiler=$(g++ -print-prog-name=cc1plus)
[ -x "$compiler" ] || missing "it needs the g++ of GCC"
tool() { command -v "$(g++ -print-prog-name="$1")"; }

stamp=$(cat "$sources"/* | cat - <(g++ --version) <(ls -l "$natives") | sha256sum)
if [ "$stamp" = "$(cat stamp.txt 2> /dev/null)" ]; then
    echo "The CUDA emulator is up to date"
    exit 0
fi
rm -f missing.txt stamp.txt

cat > tools.h <<END
#define CC1PLUS "$compiler"
#define ASSEMBLER "$(tool as)"
#define LINKER "$(tool ld)"
END

compile() {
    local source=$1
    shift
    g++ -std=gnu++17 -O2 -g1 -fPIC -fvisibility=hidden -Wall -Wextra -I. "$@" \
        -c "$sources/$source.cpp" -o "$source.o"
}
# Every function that a JCuda library imports and FILES lack becomes one that says so.
# stubs LIBRARY PREFIX OUTPUT FILES…
stubs() {
    local library=$1 prefix=$2 output=$3
    shift 3
    nm -D --undefined-only "$natives"/$library-*.so |
        grep -oE " $prefix[A-Za-z0-9_]+" | tr -d ' ' | sort -u |
        comm -23 - <(nm --defined-only "$@" | awk '{print $3}' | sort -u) |
        awk 'BEGIN { print "int cudaEmulatorUnsupported(const char*);" }
             { printf "__attribute__((visibility(\"default\"))) int %s(void) { ", $1
               printf "return cudaEmulatorUnsupported(\"%s\"); }\n", $1 }' > "$output.c"
    gcc -O1 -fPIC -c "$output.c"
}
# link SONAME PREFIX FILES…: the symbols of NVRTC and cuBLAS carry the library's name as version
link() {
    local name=$1 prefix=$2
    shift 2
    echo "$name { global: $prefix*; local: *; };" > "$name.map"
    g++ -shared "-Wl,-soname,$name" "-Wl,--version-script=$name.map" -o "$name" "$@"
}

driver="settings findings streams contexts copies modules launches blocks warps fibers faults"
driver="$driver errors hooks"
{
    printf '%s\n' $driver nvrtc nvrtc_source nvrtc_compile cublas
    # What a test waits for
    printf '%s\n' "memory -O3" "gemm -O3 -march=native"
} | xargs -P "$(nproc)" -I {} bash -c "$(declare -f compile); sources='$sources'; compile {}"
objects=$(printf '%s.o ' $driver memory)

stubs libJCudaDriver cu stubs_cuda $objects
stubs libJNvrtc nvrtc stubs_nvrtc nvrtc.o
stubs libJCublas2 cublas stubs_cublas cublas.o
g++ -shared -Wl,-soname,libcuda.so.1 -o libcuda.so.1 $objects stubs_cuda.o
link libnvrtc.so.12 nvrtc nvrtc.o nvrtc_source.o nvrtc_compile.o stubs_nvrtc.o
link libcublas.so.12 cublas cublas.o gemm.o stubs_cublas.o ./libcuda.so.1
cp "$sources"/kernel_abi.h "$sources"/cuda_shim.h "$sources"/cuda_math.h .
rm -f ./*.o
echo "$stamp" > stamp.txt
echo "The CUDA emulator is built; functions that it answers with \"not supported\":" \
    "$(cat stubs_*.c | grep -c return)"
