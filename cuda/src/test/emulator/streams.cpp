// Streams and events. In deferred mode a stream's work waits in its queue until something
// synchronises, so a program that forgot to finds its data not there yet.
#include "driver.h"
#include "findings.h"
#include "settings.h"
#include <chrono>

namespace emulator {

std::recursive_mutex driverLock;

Stream* streamOf(Context* context, void* handle) {
    // 0: the default stream, 1 and 2: its legacy and per-thread names
    if ((uintptr_t) handle <= 2) return &context->legacyStream;
    return context->streams.count((Stream*) handle) ? (Stream*) handle : nullptr;
}

void run(Stream* stream) {
    while (!stream->queue.empty()) {
        Work work = std::move(stream->queue.front());
        stream->queue.pop_front();
        work();
    }
}

void runBlocking(Context* context) {
    for (Stream* stream : context->streams) {
        if (!stream->nonBlocking) run(stream);
    }
    run(&context->legacyStream);
}

void runAll(Context* context) {
    for (Stream* stream : context->streams) run(stream);
    run(&context->legacyStream);
}

int enqueue(Context* context, Stream* stream, Work work) {
    if (stream == &context->legacyStream) {
        runBlocking(context);
    } else if (!stream->nonBlocking) {
        run(&context->legacyStream);
    }
    if (settings.deferred) {
        stream->queue.push_back(std::move(work));
    } else {
        run(stream);
        work();
    }
    return context->sticky;
}

int submit(void* handle, Work work) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    Stream* stream = streamOf(context, handle);
    return stream ? enqueue(context, stream, std::move(work)) : INVALID_HANDLE;
}

namespace {

// Events are never deleted: queued work may still name one.
std::set<Event*> events;

double now() {
    using namespace std::chrono;
    return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

bool step(Stream* stream) {
    if (stream->queue.empty()) return false;
    Work work = std::move(stream->queue.front());
    stream->queue.pop_front();
    work();
    return true;
}

// Runs the event's stream as far as the event.
void finish(Event* event) {
    while (event->recorded && !event->done && step(event->stream)) {}
}

// The common beginning of a call about one stream.
int find(void* handle, Context** context, Stream** stream) {
    if (int error = usableContext(context)) return error;
    *stream = streamOf(*context, handle);
    return *stream ? SUCCESS : INVALID_HANDLE;
}

int find(Event* event, Context** context) {
    if (int error = usableContext(context)) return error;
    return events.count(event) ? SUCCESS : INVALID_HANDLE;
}

} // namespace
} // namespace emulator

DRIVER_API cuStreamCreate(Stream** result, unsigned flags) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    *result = new Stream;
    (*result)->nonBlocking = flags & 1;
    context->streams.insert(*result);
    return SUCCESS;
}

DRIVER_API cuStreamCreateWithPriority(Stream** result, unsigned flags, int) {
    return cuStreamCreate(result, flags);
}

DRIVER_API cuStreamDestroy_v2(Stream* stream) {
    Lock lock(driverLock);
    Context* context;
    if (int error = usableContext(&context)) return error;
    if (!context->streams.count(stream)) {
        report("cuStreamDestroy of a stream that does not exist");
        return INVALID_HANDLE;
    }
    run(stream);
    context->streams.erase(stream);
    for (Event* event : events) {
        if (event->stream == stream) event->done = true;
    }
    delete stream;
    return SUCCESS;
}

DRIVER_API cuStreamSynchronize(void* handle) {
    Lock lock(driverLock);
    Context* context;
    Stream* stream;
    if (int error = find(handle, &context, &stream)) return error;
    counters.streamSynchronizations++;
    if (stream == &context->legacyStream) {
        runBlocking(context);
    } else {
        run(stream);
    }
    return context->sticky;
}

// A program that polls must see the work go on: each question does one piece.
DRIVER_API cuStreamQuery(void* handle) {
    Lock lock(driverLock);
    Context* context;
    Stream* stream;
    if (int error = find(handle, &context, &stream)) return error;
    bool moved = step(stream);
    if (context->sticky) return context->sticky;
    return moved ? NOT_READY : SUCCESS;
}

DRIVER_API cuStreamWaitEvent(void* handle, Event* event, unsigned) {
    Lock lock(driverLock);
    Context* context;
    Stream* stream;
    if (int error = find(handle, &context, &stream)) return error;
    if (!events.count(event)) return INVALID_HANDLE;
    return enqueue(context, stream, [=] { finish(event); });
}

DRIVER_API cuEventCreate(Event** result, unsigned flags) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    *result = new Event;
    (*result)->timing = !(flags & 2);
    events.insert(*result);
    return SUCCESS;
}

DRIVER_API cuEventDestroy_v2(Event* event) {
    Lock lock(driverLock);
    if (int error = usable()) return error;
    if (!events.erase(event)) {
        report("cuEventDestroy of an event that does not exist");
        return INVALID_HANDLE;
    }
    return SUCCESS;
}

DRIVER_API cuEventRecord(Event* event, void* handle) {
    Lock lock(driverLock);
    Context* context;
    Stream* stream;
    if (int error = find(handle, &context, &stream)) return error;
    if (!events.count(event)) return INVALID_HANDLE;
    event->recorded = true;
    event->done = false;
    event->stream = stream;
    uint64_t recording = ++event->recording;
    return enqueue(context, stream, [=] {
        if (event->recording != recording) return;
        event->done = true;
        event->milliseconds = now();
    });
}

DRIVER_API cuEventSynchronize(Event* event) {
    Lock lock(driverLock);
    Context* context;
    if (int error = find(event, &context)) return error;
    counters.streamSynchronizations++;
    finish(event);
    return context->sticky;
}

DRIVER_API cuEventQuery(Event* event) {
    Lock lock(driverLock);
    Context* context;
    if (int error = find(event, &context)) return error;
    if (!event->recorded || event->done) return SUCCESS;
    step(event->stream);
    return context->sticky ? context->sticky : NOT_READY;
}

DRIVER_API cuEventElapsedTime(float* milliseconds, Event* from, Event* to) {
    Lock lock(driverLock);
    Context* context;
    if (int error = find(from, &context)) return error;
    if (int error = find(to, &context)) return error;
    if (!from->timing || !to->timing || !from->recorded || !to->recorded) return INVALID_HANDLE;
    if (!from->done || !to->done) return NOT_READY;
    *milliseconds = (float) (to->milliseconds - from->milliseconds);
    return SUCCESS;
}
