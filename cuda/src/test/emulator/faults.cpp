#include "kernel.h"
#include "memory.h"
#include "results.h"
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace emulator {

Fault fault;
void* schedulerStackPointer;

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
constexpr size_t SIGNAL_STACK = 64 << 10;

// Signals come to the thread that caused them; only that of a kernel is ours. Static storage, since
// the first access of another kind would allocate, inside a signal handler.
__attribute__((tls_model("initial-exec"))) thread_local volatile bool runningKernel = false;

// The Java machine's handlers: it makes NullPointerExceptions out of signals.
struct sigaction former[sizeof SIGNALS / sizeof *SIGNALS];
stack_t formerStack;

void handle(int signal, siginfo_t* information, void* context) {
    if (runningKernel) {
        fault.signal = signal;
        fault.address = information->si_addr;
        fault.instruction = (void*) ((ucontext_t*) context)->uc_mcontext.gregs[REG_RIP];
        void* abandoned;
        emulatorSwitch(&abandoned, schedulerStackPointer);
    }
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) {
        if (SIGNALS[i] != signal) continue;
        if (former[i].sa_flags & SA_SIGINFO) {
            former[i].sa_sigaction(signal, information, context);
        } else if (former[i].sa_handler == SIG_DFL) {
            ::signal(signal, SIG_DFL);
            raise(signal);
        } else if (former[i].sa_handler != SIG_IGN) {
            former[i].sa_handler(signal);
        }
    }
}

void installHandlers() {
    static bool installed = false;
    if (installed) return;
    installed = true;
    struct sigaction action = {};
    action.sa_sigaction = handle;
    // The handler leaves by a switch, so the signal must not stay blocked.
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaction(SIGNALS[i], &action, &former[i]);
}

// "map.cu:12", by the debugging information of the compiled kernel.
std::string sourceLine(void* instruction) {
    Dl_info library;
    if (!instruction || !dladdr(instruction, &library)) return "";
    // The library's name is /proc/self/fd/NUMBER (modules.cpp), which is another one to a child.
    std::string file = library.dli_fname;
    if (!file.rfind("/proc/self/", 0)) file = "/proc/" + std::to_string(getpid()) + file.substr(10);
    char command[400], line[400] = "";
    snprintf(command, sizeof command, "addr2line -s -e %s %#zx 2>/dev/null", file.c_str(),
             (size_t) ((char*) instruction - (char*) library.dli_fbase));
    if (FILE* output = popen(command, "r")) {
        if (!fgets(line, sizeof line, output)) *line = 0;
        pclose(output);
    }
    line[strcspn(line, " \n")] = 0;
    return *line && *line != '?' ? std::string(" at ") + line : "";
}

} // namespace

FaultsOfKernels::FaultsOfKernels() {
    installHandlers();
    static char* signalStack = (char*) mmap(nullptr, SIGNAL_STACK, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {};
    stack.ss_sp = signalStack;
    stack.ss_size = SIGNAL_STACK;
    sigaltstack(&stack, &formerStack);
    fault = Fault();
}

FaultsOfKernels::~FaultsOfKernels() { sigaltstack(&formerStack, nullptr); }

void setRunningKernel(bool running) { runningKernel = running; }

int explainFault(std::string& text) {
    int result = ILLEGAL_ADDRESS;
    if (fault.signal == -1) {
        text = "__trap() at line " + std::to_string(fault.line);
        return ASSERTION_FAILED;
    }
    std::string where = sourceLine(fault.instruction);
    if (fault.signal == SIGFPE) {
        text = "integer division by zero" + where;
        return LAUNCH_FAILED;
    }
    if (fault.signal == SIGILL) {
        text = "array index out of bounds, or misaligned access" + where;
        return MISALIGNED_ADDRESS;
    }
    char address[40];
    snprintf(address, sizeof address, "%p", fault.address);
    text = std::string("illegal access to ") + address + where +
           describeAddress((uint64_t) fault.address);
    // The processor does not say which address of a form that it does not have.
    if (!fault.address) text += " (null, or a device pointer that did not come as an argument)";
    return result;
}

} // namespace emulator
