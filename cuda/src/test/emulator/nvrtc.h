// The parts of the emulated NVRTC. It knows nothing of the driver: the real one compiles without a
// GPU too.
#pragma once
#include <string>
#include <vector>

namespace emulator {

struct Header {
    std::string name, text;
};

// ---- nvrtc_source.cpp

// What g++ gets for a program: the shim, the source with its kernels' table. Where NVRTC would
// refuse the source, the log says so, and the result is empty.
std::string translate(const std::string& name, const std::string& source,
                      const std::vector<Header>& headers, bool hasIncludePath,
                      const std::vector<std::string>& nameExpressions, std::string& log);

// ---- nvrtc_compile.cpp

// The compiled shared object, from the cache where it is there, or an empty one; what the compiler
// said goes to the log.
std::string compile(const std::string& translated, const std::vector<Header>& headers,
                    const std::vector<std::string>& options, std::string& log);

} // namespace emulator
