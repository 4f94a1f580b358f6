#include "memory.h"
#include "driver.h"
#include "findings.h"
#include "results.h"
#include "settings.h"
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <sys/mman.h>

namespace emulator {
namespace {

constexpr size_t ARENA = 8ull << 40, PAGE = 4096;
constexpr size_t ALIGNMENT =
        16; // a device gives 256, but then most ends would not lie at an unmapped page
// Freed allocations that are remembered, so that a use after free can be named.
constexpr size_t REMEMBERED = 100000;
constexpr size_t MANY = 64 << 10;
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

char* arena;
char* arenaNext;
std::map<char*, Allocation> allocations; // by the start of their pages
std::deque<char*> freed;
uint64_t allocationNumber = 0;

bool reserveArena() {
    if (arena) return true;
    void* start =
            mmap(nullptr, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return false;
    arena = (char*) start;
    arenaNext = arena + PAGE;
    return true;
}

Allocation* find(uint64_t address) {
    auto next = allocations.upper_bound((char*) address);
    if (next == allocations.begin()) return nullptr;
    Allocation* found = &std::prev(next)->second;
    // An end is still the allocation's: a pointer to behind the last element is legal.
    return (char*) address <= found->pagesEnd ? found : nullptr;
}

char poisonAt(const char* address) { return ((const char*) &POISON)[(size_t) address % 4]; }

// Whether the edge before an allocation, less than a page, is untouched.
bool isPoison(const char* from, const char* to) {
    static uint32_t poisonedPage[PAGE / 4];
    if (!*poisonedPage) fillWithPoison(poisonedPage, PAGE);
    return !memcmp(from, poisonedPage, to - from);
}

// What lies around the data on its pages, where the poison must stay.
void poisonEdges(const Allocation& a) {
    fillWithPoison(a.pages, a.data - a.pages);
    for (char* p = a.data + a.size; p < a.pagesEnd; p++) *p = poisonAt(p);
}

} // namespace

void fillWithPoison(void* start, size_t bytes) {
    uint32_t* words = (uint32_t*) start;
    for (size_t i = 0; i < bytes / 4; i++) words[i] = POISON;
    memcpy((char*) start + bytes / 4 * 4, &POISON, bytes % 4);
}

size_t findPoison(const void* start, size_t bytes) {
    constexpr size_t STEP = 256; // words looked at before the first branch
    const char* from = (const char*) start;
    size_t words = bytes / 4;
    for (size_t i = 0; i < words; i += STEP) {
        size_t end = i + STEP < words ? i + STEP : words;
        uint32_t any = 0;
        for (size_t j = i; j < end; j++) {
            uint32_t word;
            memcpy(&word, from + 4 * j, 4);
            any |= (word & 0x7FFFFFFFu) == POISON;
        }
        for (size_t j = i; any && j < end; j++) {
            uint32_t word;
            memcpy(&word, from + 4 * j, 4);
            if ((word & 0x7FFFFFFFu) == POISON) return 4 * j;
        }
    }
    return bytes;
}

int allocate(DevicePointer* result, size_t bytes, const void* owner) {
    if (!bytes) return INVALID_VALUE;
    if (settings.failAllocation > 0 && --settings.failAllocation == 0) return OUT_OF_MEMORY;
    if (bytes > settings.memory || counters.liveBytes + bytes > settings.memory)
        return OUT_OF_MEMORY;
    size_t data = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t span = (data + PAGE - 1) / PAGE * PAGE;
    if (!reserveArena() || arenaNext + span + PAGE > arena + ARENA) return OUT_OF_MEMORY;
    if (mprotect(arenaNext, span, PROT_READ | PROT_WRITE)) return OUT_OF_MEMORY;
    Allocation a;
    a.pages = arenaNext;
    a.pagesEnd = arenaNext + span;
    a.data = a.pagesEnd - data;
    a.size = bytes;
    a.live = true;
    a.owner = owner;
    a.number = ++allocationNumber;
    arenaNext = a.pagesEnd + PAGE;
    // All pages in one call, instead of a fault for each; where the kernel does not know it, faults
    // do.
    if (span >= MANY) madvise(a.pages, span, MADV_POPULATE_WRITE);
    fillWithPoison(a.data, bytes);
    poisonEdges(a);
    allocations[a.pages] = a;
    counters.allocations++;
    counters.liveBytes += bytes;
    if (counters.liveBytes > counters.peakBytes) counters.peakBytes = counters.liveBytes;
    *result = (uint64_t) a.data | TAG;
    return SUCCESS;
}

int release(DevicePointer pointer) {
    Allocation* a = isDevicePointer(pointer) ? find(pointer & ~TAG) : nullptr;
    if (!a || a->data != (char*) (pointer & ~TAG)) {
        report("free of %#llx, which is not the start of an allocation%s", pointer,
               describeAddress(pointer & ~TAG).c_str());
        return INVALID_VALUE;
    }
    if (!a->live) {
        report("double free of allocation %llu of %zu bytes", (unsigned long long) a->number,
               a->size);
        return INVALID_VALUE;
    }
    checkEdges(*a, "its free");
    a->live = false;
    counters.liveBytes -= a->size;
    counters.frees++;
    // Never used again, so a kernel that still does faults.
    madvise(a->pages, a->pagesEnd - a->pages, MADV_DONTNEED);
    mprotect(a->pages, a->pagesEnd - a->pages, PROT_NONE);
    freed.push_back(a->pages);
    if (freed.size() > REMEMBERED) {
        allocations.erase(freed.front());
        freed.pop_front();
    }
    return SUCCESS;
}

bool isDeviceAddress(uint64_t value) {
    return arena && (char*) value >= arena && (char*) value < arena + ARENA;
}

bool isDevicePointer(uint64_t value) { return (value & TAG) && isDeviceAddress(value & ~TAG); }

const Allocation* allocationAt(uint64_t address) { return find(address); }

void checkEdges(const Allocation& a, const char* when) {
    const char* end = a.data + a.size;
    const char* p = end;
    while (p < a.pagesEnd && *p == poisonAt(p)) p++;
    bool behind = p < a.pagesEnd;
    if (behind) {
        report("write %zu bytes past the end of allocation %llu of %zu bytes, found at %s",
               (size_t) (p - end), (unsigned long long) a.number, a.size, when);
    }
    bool before = !isPoison(a.pages, a.data);
    if (before) {
        for (p = a.pages; *p == poisonAt(p);) p++;
        report("write %zu bytes before allocation %llu of %zu bytes, found at %s",
               (size_t) (a.data - p), (unsigned long long) a.number, a.size, when);
    }
    if (behind || before) poisonEdges(a); // once is enough
}

std::string describeAddress(uint64_t address) {
    if (!isDeviceAddress(address)) return "";
    Allocation* a = find(address);
    if (!a && isDeviceAddress(address - PAGE)) a = find(address - PAGE);
    if (!a) return ", which is in no allocation";
    long offset = (char*) address - a->data;
    std::string where = offset < 0                ? std::to_string(-offset) + " bytes before"
                        : offset < (long) a->size ? std::to_string(offset) + " bytes into"
                                                  : std::to_string(offset - (long) a->size) +
                                                            " bytes past the end of";
    return ", " + where + " allocation " + std::to_string(a->number) + " of " +
           std::to_string(a->size) + " bytes" + (a->live ? "" : ", which has been freed");
}

std::vector<std::string> liveAllocations(const void* owner) {
    std::vector<std::string> lines;
    for (auto& [pages, a] : allocations) {
        if (!a.live || (owner && a.owner != owner)) continue;
        lines.push_back("allocation " + std::to_string(a.number) + " of " + std::to_string(a.size) +
                        " bytes");
    }
    return lines;
}

void reportLeaks(const void* owner, const char* when) {
    std::vector<std::string> live = liveAllocations(owner);
    if (live.empty()) return;
    std::string first;
    for (size_t i = 0; i < live.size() && i < 5; i++) first += (i ? ", " : "") + live[i];
    report("leak: at %s %zu are live: %s%s", when, live.size(), first.c_str(),
           live.size() > 5 ? ", …" : "");
}

void releaseAll(const void* owner) {
    reportLeaks(owner, "the end of its context");
    std::vector<DevicePointer> pointers;
    for (auto& [pages, a] : allocations) {
        if (a.live && a.owner == owner) pointers.push_back((uint64_t) a.data | TAG);
    }
    for (DevicePointer pointer : pointers) release(pointer);
}

void* deviceMemory(DevicePointer pointer, size_t bytes, const char* user) {
    Lock lock(driverLock);
    if (!isDevicePointer(pointer)) {
        report("%s: %#llx is not a device pointer", user, pointer);
        return nullptr;
    }
    uint64_t address = pointer & ~TAG;
    Allocation* a = find(address);
    if (!a) {
        report("%s: %#llx is in no allocation", user, pointer);
        return nullptr;
    }
    unsigned long long number = a->number;
    if (!a->live) {
        report("%s: use after free of allocation %llu of %zu bytes", user, number, a->size);
        return nullptr;
    }
    long offset = (char*) address - a->data;
    if (offset < 0 || offset > (long) a->size || bytes > a->size - offset) {
        report("%s: bytes %ld to %ld are outside allocation %llu of %zu bytes", user, offset,
               offset + (long) bytes, number, a->size);
        return nullptr;
    }
    return (void*) address;
}

} // namespace emulator
