package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class BufferPoolTest {
    private static final int SIZE = 12_347; // nobody else's

    @Test
    void whatIsGivenBackIsTakenAgainByItsLength() {
        float[] array = new float[SIZE];
        BufferPool.give(array);
        assertNotSame(array, BufferPool.take(SIZE - 1));
        assertSame(array, BufferPool.take(SIZE));
        assertNotSame(array, BufferPool.take(SIZE), "taken twice");
    }

    @Test
    void smallArraysAreLeftToTheGarbageCollector() {
        float[] array = new float[BufferPool.SMALLEST - 1];
        BufferPool.give(array);
        float[] next = BufferPool.take(array.length);
        assertNotSame(array, next);
        assertEquals(array.length, next.length);
    }

    @Test
    void eachThreadHasItsOwn() throws Exception {
        float[] array = new float[SIZE];
        BufferPool.give(array);
        float[] elsewhere = CompletableFuture.supplyAsync(() -> BufferPool.take(SIZE)).get();
        assertNotSame(array, elsewhere);
        assertSame(array, BufferPool.take(SIZE));
    }

    @Test
    void aPoolHoldsNoMoreThanItsBound() {
        var pool = new BufferPool(2500);
        float[] first = new float[1000];
        float[] second = new float[1000];
        pool.offer(first);
        pool.offer(second);
        assertSame(second, pool.poll(1000));
        assertSame(first, pool.poll(1000));
        assertNull(pool.poll(1000));

        pool.offer(first);
        pool.offer(second);
        float[] third = new float[600];
        pool.offer(third);
        assertNull(pool.poll(1000), "too much, so it starts again");
        assertSame(third, pool.poll(600));

        pool.offer(new float[2501]);
        assertNull(pool.poll(2501), "larger than the bound");
    }

    /** Each type, large and small, as allocated and as given back. */
    @Test
    void whereAskedForMemoryIsPoisoned() throws Exception {
        assertEquals("NaN NaN NaN NaN NaN NaN -2147483648 -2147483648", run("true"));
        assertEquals("0.0 7.0 0.0 7.0 0.0 7.0 0 7", run("false"));
    }

    private static String run(String poison) throws Exception {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dgradus.novector=true",
                        "-Dgradus.poison=" + poison,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Allocate.class.getName());
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "still running");
        return out.strip();
    }

    /** The program of the other JVM. */
    static final class Allocate {
        private Allocate() {}

        public static void main(String[] args) {
            var found = new StringBuilder();
            var backend = new CpuBackend();
            for (DType dtype : DType.values()) {
                for (int size : dtype == DType.FLOAT32 ? new int[] {3, 1000} : new int[] {1000}) {
                    Buffer buffer = backend.allocate(dtype, size);
                    Object array =
                            HostBuffer.array(new View(buffer, Layout.contiguous(Shape.of(size))));
                    found.append(last(array)).append(' ');
                    HostBuffer.set(array, size - 1, 7);
                    backend.release(buffer);
                    found.append(last(array)).append(' ');
                }
            }
            IO.println(found);
        }

        private static Object last(Object array) {
            return java.lang.reflect.Array.get(array, java.lang.reflect.Array.getLength(array) - 1);
        }
    }
}
