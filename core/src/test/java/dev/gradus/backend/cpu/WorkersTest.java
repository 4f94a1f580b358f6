package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

class WorkersTest {
    @Test
    void severalCallersAtOnceGetEachPartOnce() throws InterruptedException, ExecutionException {
        try (var callers = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                tasks.add(() -> {
                    for (int round = 0; round < 2000; round++) {
                        eachPartOnce(round % 9);
                    }
                    return null;
                });
            }
            for (Future<Void> f : callers.invokeAll(tasks)) {
                f.get();
            }
        }
    }

    private static void eachPartOnce(int parts) {
        AtomicIntegerArray seen = new AtomicIntegerArray(parts);
        Workers.run(parts, seen::incrementAndGet);
        for (int i = 0; i < parts; i++) {
            assertEquals(1, seen.get(i));
        }
    }

    @Test
    void aPartMayBeAJobItself() {
        AtomicInteger count = new AtomicInteger();
        Workers.run(5, outer -> Workers.run(7, inner -> count.incrementAndGet()));
        assertEquals(35, count.get());
    }

    @Test
    void aFailureComesOutWhenAllPartsHaveEnded() {
        AtomicInteger ended = new AtomicInteger();
        var failure = new IllegalStateException("part 3");
        var thrown =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Workers.run(
                                        9,
                                        part -> {
                                            ended.incrementAndGet();
                                            if (part == 3) {
                                                throw failure;
                                            }
                                        }));
        assertSame(failure, thrown);
        assertEquals(9, ended.get());
        eachPartOnce(9);
    }

    @Test
    void idleThreadsSleepAndComeBack() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            eachPartOnce(Workers.THREADS + 1);
            for (int waited = 0; !areAsleep(); waited++) {
                assertTrue(waited < 500, "a worker is busy though there is no work");
                Thread.sleep(10);
            }
        }
    }

    private static boolean areAsleep() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("gradus-worker-"))
                .allMatch(t -> t.getState() == Thread.State.TIMED_WAITING);
    }
}
