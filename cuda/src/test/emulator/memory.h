// Device memory: a range of addresses in which each allocation ends at an unmapped page and none is
// used twice.
#pragma once
#include "emulator.h"
#include <string>
#include <vector>

namespace emulator {

// What memory holds until something is written: a quiet NaN whose digits arithmetic carries along.
constexpr uint32_t POISON = 0x7FFADBADu;

// Set in every device pointer. Such an address is not canonical on x86-64, so the host cannot use
// it by mistake; the launch of a kernel clears it in the arguments.
constexpr uint64_t TAG = 1ull << 60;

struct Allocation {
    char* data;
    size_t size;
    char* pages; // what is mapped: [pages, pagesEnd), with the data at its end
    char* pagesEnd;
    bool live;
    const void* owner; // the context, at whose end it should have been freed
    uint64_t number;   // counts from 1
};

// CUresults
int allocate(DevicePointer* result, size_t bytes, const void* owner);
int release(DevicePointer pointer);

// Whether the value is a tagged device pointer, live or not; or, untagged, an address of device
// memory.
bool isDevicePointer(uint64_t value);
bool isDeviceAddress(uint64_t value);

// The allocation at an untagged address, live or freed, or null.
const Allocation* allocationAt(uint64_t address);

// Reports where something was written just before or behind an allocation.
void checkEdges(const Allocation& allocation, const char* when);

// "…, 4 bytes past the end of allocation 7 of 256 bytes", or nothing far from device memory
std::string describeAddress(uint64_t address);

// One line each: the owner's, or all where it is null
std::vector<std::string> liveAllocations(const void* owner);

// Reports that there are live allocations: the owner's, or of all where it is null.
void reportLeaks(const void* owner, const char* when);

// The end of a context: its memory is gone, and what still was live is a leak.
void releaseAll(const void* owner);

// Whether it is host memory that the driver allocated or registered (copies.cpp).
bool isPinned(uint64_t address);

void fillWithPoison(void* start, size_t bytes);

// Where the first word of poison is, or bytes. A sign put before the poison does not hide it.
size_t findPoison(const void* start, size_t bytes);

} // namespace emulator
