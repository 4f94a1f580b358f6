// Runs the compiler proper, the assembler and the linker of g++, without g++ itself: of the 130 ms
// that g++ takes for a small kernel, 100 go into finding out what to link.
#include "nvrtc.h"
#include "tools.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <spawn.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace emulator {
namespace {

std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool write(const std::string& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    return (bool) out.flush();
}

// Where this library and the shim are.
std::string libraryFolder() {
    Dl_info library;
    dladdr((void*) &libraryFolder, &library);
    std::string file = library.dli_fname;
    return file.substr(0, file.rfind('/'));
}

std::string cacheFolder() {
    const char* folder = getenv("CUDA_EMULATOR_CACHE");
    std::string result = folder && *folder ? folder : libraryFolder() + "/cache";
    mkdir(result.c_str(), 0700);
    return result;
}

// Runs a tool; what it says goes to the log. Whether it did its work.
bool run(const std::vector<std::string>& command, std::string& log) {
    int channel[2];
    if (pipe2(channel, O_CLOEXEC)) return false;
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back((char*) word.c_str());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, channel[1], 1);
    posix_spawn_file_actions_adddup2(&actions, channel[1], 2);
    pid_t child;
    int error = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(channel[1]);
    int status = -1;
    if (error) {
        log += command[0] + ": " + strerror(error) + "\n";
    } else {
        char buffer[4096];
        for (ssize_t n; (n = ::read(channel[0], buffer, sizeof buffer)) > 0;) log.append(buffer, n);
        waitpid(child, &status, 0);
    }
    close(channel[0]);
    return status == 0;
}

std::vector<std::string> compilerCommand(const std::vector<std::string>& options,
                                         const std::string& from, const std::string& to) {
    const char* level = getenv("CUDA_EMULATOR_OPTIMIZE");
    std::vector<std::string> command = {
            CC1PLUS, "-quiet", "-std=gnu++17", std::string("-O") + (level && *level ? level : "0"),
            "-fPIC", "-fvisibility=hidden",
            // No header is found but those that come with the program.
            "-nostdinc", "-nostdinc++",
            // Of debugging information only the lines, for findings.
            "-g1", "-gdwarf-4",
            // Of checks those that cost little: arrays whose size is known, and alignment.
            "-fsanitize=bounds,alignment", "-fsanitize-undefined-trap-on-error",
            // No language features that need a run-time library, no decisions that a device does
            // not take.
            "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics",
            "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-fno-strict-aliasing",
            "-fwrapv", "-ffp-contract=off", "-fno-math-errno", "-fno-builtin-printf",
            "-fmax-errors=20", "-w"};
    if (__builtin_cpu_supports("fma")) command.push_back("-mfma");
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {"-include", libraryFolder() + "/cuda_shim.h", from, "-o", to});
    return command;
}

// FNV-1a, twice as wide
std::string hash(const std::string& text) {
    unsigned __int128 prime = ((unsigned __int128) 1 << 88) + 0x13B;
    unsigned __int128 sum = ((unsigned __int128) 0x6c62272e07bb0142 << 64) + 0x62b821756295c58d;
    for (unsigned char c : text) sum = (sum ^ c) * prime;
    char digits[33];
    snprintf(digits, sizeof digits, "%016llx%016llx", (unsigned long long) (sum >> 64),
             (unsigned long long) sum);
    return digits;
}

std::string shimText() {
    std::string folder = libraryFolder();
    return read(folder + "/kernel_abi.h") + read(folder + "/cuda_shim.h") +
           read(folder + "/cuda_math.h");
}

} // namespace

std::string compile(const std::string& translated, const std::vector<Header>& headers,
                    const std::vector<std::string>& options, std::string& log) {
    static const std::string shim = shimText(), folder = cacheFolder();
    std::string key = shim + translated;
    for (const std::string& word : compilerCommand(options, "", "")) key += '\0' + word;
    for (const Header& header : headers) key += '\0' + header.name + '\0' + header.text;
    std::string cached = folder + "/" + hash(key) + ".so";
    std::string object = read(cached);
    if (!object.empty()) return object;
    // A folder of its own, so that several threads and processes compile side by side.
    std::string work = folder + "/work-XXXXXX";
    if (!mkdtemp(work.data())) {
        log = "cannot write to " + folder + "\n";
        return "";
    }
    std::vector<std::string> files = {work + "/kernel.cpp", work + "/kernel.s", work + "/kernel.o",
                                      work + "/kernel.so"};
    std::vector<std::string> all = options;
    if (!headers.empty()) all.insert(all.end(), {"-I", work});
    for (const Header& header : headers) {
        files.push_back(work + "/" + header.name);
        write(files.back(), header.text);
    }
    if (write(files[0], translated) && run(compilerCommand(all, files[0], files[1]), log) &&
        run({ASSEMBLER, files[1], "-o", files[2]}, log) &&
        run({LINKER, "-shared", files[2], "-o", files[3]}, log)) {
        object = read(files[3]);
        rename(files[3].c_str(), cached.c_str());
    }
    for (const std::string& file : files) unlink(file.c_str());
    rmdir(work.c_str());
    return object;
}

} // namespace emulator
