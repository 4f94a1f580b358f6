// The driver's state: contexts, streams, events, and the one lock that guards all of it.
#pragma once
#include "emulator.h"
#include "results.h"
#include <deque>
#include <mutex>
#include <set>
#include <vector>

#define DRIVER_API EMULATOR_API int

namespace emulator {

typedef std::function<void()> Work;
typedef std::lock_guard<std::recursive_mutex> Lock;

extern std::recursive_mutex driverLock;

struct Stream {
    bool nonBlocking = false; // does not wait for the legacy default stream
    std::deque<Work> queue;
};

struct Event {
    bool timing = true, recorded = false, done = false;
    uint64_t recording = 0; // counts: only the last one is waited for
    double milliseconds = 0;
    Stream* stream = nullptr;
};

struct Context {
    int sticky = 0; // a kernel fault: every later call gets it
    int references = 0;
    Stream legacyStream;
    std::set<Stream*> streams;
};

extern bool initialized;
extern std::set<Context*> contexts;

// This thread's context, or null.
Context* currentContext();

// What every call that needs a context asks first: 0 and the context, or the error.
int usableContext(Context** context);

// The stream of a handle, or null.
Stream* streamOf(Context* context, void* handle);

void run(Stream* stream);
void runAll(Context* context);
// What a call on the legacy default stream waits for
void runBlocking(Context* context);

// Does the work at once, or queues it in deferred mode; gives the context's sticky error.
int enqueue(Context* context, Stream* stream, Work work);

// Ends a context: its work is done, its streams and modules are gone, its memory must have been
// freed.
void destroy(Context* context);

void unloadAllModules();

} // namespace emulator

using namespace emulator;
