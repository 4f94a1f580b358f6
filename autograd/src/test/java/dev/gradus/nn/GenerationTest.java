package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class GenerationTest {
    private static final int[] PROMPT = {3, 1, 4};

    /** What nanoGPT does: for each token all of the last {@code context} tokens once more. */
    private static int[] withoutACache(Gpt gpt, int[] prompt, int count, Sampling s, long seed) {
        var generator = new Generator(seed);
        int[] text = prompt;
        for (int i = 0; i < count; i++) {
            int from = Math.max(0, text.length - gpt.config().context());
            int[] window = Arrays.copyOfRange(text, from, text.length);
            Tensor logits = gpt.apply(Tensor.of(new int[][] {window})).get(0).get(-1);
            text = Arrays.copyOf(text, text.length + 1);
            text[text.length - 1] = s.choose(logits.toArray(), generator);
        }
        return Arrays.copyOfRange(text, prompt.length, text.length);
    }

    /** 40 tokens are several contexts, of 9. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 0, 1", "0.7, 4, 0.9"})
    void theTokensAreThoseWithoutACache(double temperature, int topK, double topP) {
        Gpt gpt = GptTest.filled();
        var sampling = new Sampling(temperature, topK, topP);
        int[] expected = withoutACache(gpt, PROMPT, 40, sampling, 17);
        assertArrayEquals(expected, gpt.generate(PROMPT, sampling, new Generator(17)).next(40));
    }

    @Test
    void aPromptMayFillTheContext() {
        Gpt gpt = GptTest.filled();
        int[] prompt = {0, 1, 2, 3, 4, 5, 6, 0, 2};
        var sampling = new Sampling(1);
        int[] expected = withoutACache(gpt, prompt, 5, sampling, 2);
        assertArrayEquals(expected, gpt.generate(prompt, sampling, new Generator(2)).next(5));
    }

    @Test
    void itGoesOnWhereItStopped() {
        Gpt gpt = GptTest.filled();
        var sampling = new Sampling(1);
        int[] whole = gpt.generate(PROMPT, sampling, new Generator(1)).next(20);
        Generation parts = gpt.generate(PROMPT, sampling, new Generator(1));
        int[] joined = new int[20];
        System.arraycopy(parts.next(7), 0, joined, 0, 7);
        joined[7] = parts.next();
        System.arraycopy(parts.next(12), 0, joined, 8, 12);
        assertArrayEquals(whole, joined);
        int[] other = gpt.generate(PROMPT, sampling, new Generator(2)).next(20);
        assertNotEquals(Arrays.toString(whole), Arrays.toString(other));
    }

    /** Many texts at once, from one model, each with a seed of its own. */
    @Test
    void threadsShareAModel() throws Exception {
        Gpt gpt = GptTest.filled();
        var sampling = new Sampling(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<int[]>> texts = new ArrayList<>();
            for (int seed = 0; seed < 24; seed++) {
                var generator = new Generator(seed);
                texts.add(threads.submit(() -> gpt.generate(PROMPT, sampling, generator).next(25)));
            }
            for (int seed = 0; seed < 24; seed++) {
                int[] alone = gpt.generate(PROMPT, sampling, new Generator(seed)).next(25);
                assertArrayEquals(alone, texts.get(seed).get(), "seed " + seed);
            }
        }
    }

    @Test
    void onAnotherBackend() {
        Gpt gpt = GptTest.filled();
        int[] expected = gpt.generate(PROMPT, Sampling.GREEDY, new Generator(0)).next(12);
        gpt.to("reference");
        assertArrayEquals(
                expected, gpt.generate(PROMPT, Sampling.GREEDY, new Generator(0)).next(12));
    }

    @Test
    void errors() {
        Gpt gpt = GptTest.filled();
        var generator = new Generator(0);
        Expect.error(
                IllegalArgumentException.class,
                "generate: the prompt is empty; at least one token is what the first new one"
                        + " depends on",
                () -> gpt.generate(new int[0], Sampling.GREEDY, generator));
        Expect.error(
                IllegalArgumentException.class,
                "generate: a prompt of 10 tokens is longer than the context, 9; the last 9 are all"
                        + " that the model would see",
                () -> gpt.generate(new int[10], Sampling.GREEDY, generator));
        Generation unknown = gpt.generate(new int[] {1, 99}, Sampling.GREEDY, generator);
        Expect.error(
                IndexOutOfBoundsException.class,
                "Embedding(7, 8): id 99 at [0, 1] is not in 0 … 6; the table has 7 rows",
                unknown::next);
    }
}
