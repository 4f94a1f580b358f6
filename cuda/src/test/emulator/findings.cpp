#include "findings.h"
#include "driver.h"
#include "memory.h"
#include "settings.h"
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace emulator {

Counters counters;
std::map<std::string, int64_t> launchesByKernel;
std::vector<std::string> findings;

// A loop that faults at each turn shall not fill the memory.
constexpr size_t MOST_FINDINGS = 1000;

void report(const char* format, ...) {
    char text[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Lock lock(driverLock);
    counters.findings++;
    if (findings.size() < MOST_FINDINGS) findings.push_back(text);
    if (!settings.quiet) fprintf(stderr, "CUDA emulator: %s\n", text);
}

void countBlasCall() {
    Lock lock(driverLock);
    counters.blasCalls++;
}

void resetFindings() {
    int64_t live = counters.liveBytes;
    counters = Counters();
    counters.liveBytes = counters.peakBytes = live;
    launchesByKernel.clear();
    findings.clear();
}

std::string describeAll() {
    static const char* const names[] = {"launches",
                                        "blasCalls",
                                        "toDevice",
                                        "toDeviceBytes",
                                        "toHost",
                                        "toHostBytes",
                                        "onDevice",
                                        "onDeviceBytes",
                                        "fills",
                                        "allocations",
                                        "frees",
                                        "liveBytes",
                                        "peakBytes",
                                        "findings",
                                        "poisonReads",
                                        "streamSynchronizations",
                                        "contextSynchronizations"};
    static_assert(sizeof names / sizeof *names == sizeof(Counters) / sizeof(int64_t),
                  "a name for each");
    std::string text;
    const int64_t* values = (const int64_t*) &counters;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        text += std::string(names[i]) + " " + std::to_string(values[i]) + "\n";
    }
    for (auto& [name, count] : launchesByKernel) {
        text += "kernel " + name + " " + std::to_string(count) + "\n";
    }
    for (auto& line : liveAllocations(nullptr)) text += "live " + line + "\n";
    for (auto& line : findings) text += "finding " + line + "\n";
    return text;
}

static void writeReport() {
    const char* name = environment("CUDA_EMULATOR_REPORT", nullptr);
    FILE* file = name ? fopen(name, "w") : nullptr;
    if (!file) return;
    std::string text = describeAll();
    fwrite(text.data(), 1, text.size(), file);
    fclose(file);
}

void writeReportAtExit() {
    static bool registered = false;
    if (!registered) atexit(writeReport);
    registered = true;
}

} // namespace emulator
