#include "kernel.h"
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <vector>

// Keeps what the calling convention says a function keeps, and nothing else: the signal mask, which
// swapcontext() keeps too, would cost two system calls.
asm(R"(.text
.globl emulatorSwitch
.hidden emulatorSwitch
.type emulatorSwitch, @function
emulatorSwitch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size emulatorSwitch, . - emulatorSwitch
)");

namespace emulator {
namespace {

// A kernel's local arrays and libm need far less; the page below is a guard.
constexpr size_t STACK = 128 << 10, PAGE = 4096;
constexpr int SAVED_REGISTERS = 6;

std::vector<Fiber*> idle;
size_t made = 0;

} // namespace

Fiber* takeFiber(void (*function)()) {
    Fiber* fiber;
    if (idle.empty()) {
        fiber = new Fiber;
        void* stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (stack == MAP_FAILED) abort();
        fiber->stack = (char*) stack;
        mprotect(stack, PAGE, PROT_NONE);
        // Stacks that all began at the same place of a page would fight for the same lines of the
        // cache.
        fiber->top = fiber->stack + STACK - 64 - made++ % 61 * 192;
    } else {
        fiber = idle.back();
        idle.pop_back();
    }
    // As if `function` had been called: the stack pointer is 8 beyond a multiple of 16 after the
    // `ret`.
    void** top = (void**) fiber->top;
    *--top = nullptr;
    *--top = (void*) function;
    top -= SAVED_REGISTERS;
    memset(top, 0, SAVED_REGISTERS * sizeof *top);
    fiber->stackPointer = top;
    return fiber;
}

void giveBack(Fiber* fiber) { idle.push_back(fiber); }

} // namespace emulator
