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

// What the compiler gets for a program: its source, and the table of its kernels.
std::string translate(const std::string& name, std::string source,
                      const std::vector<std::string>& nameExpressions);

// ---- nvrtc_compile.cpp

// The compiled shared object, from the cache where it is there, or an empty one; what the compiler
// said goes to the log.
std::string compile(const std::string& translated, const std::vector<Header>& headers,
                    const std::vector<std::string>& options, std::string& log);

} // namespace emulator
