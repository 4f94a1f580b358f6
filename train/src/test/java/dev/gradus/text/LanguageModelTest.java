package dev.gradus.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.TokenDataset;
import dev.gradus.nn.Gpt;
import dev.gradus.nn.Initializers;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Sampling;
import dev.gradus.optim.Adam;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class LanguageModelTest {
    private static final String TEXT = "the quick brown fox jumps over the lazy dog. ".repeat(12);

    @TempDir Path folder;

    /** A model of random weights so large that its texts are not all alike. */
    private static LanguageModel random(Tokenizer tokenizer) {
        var gpt = new Gpt(new Gpt.Config(tokenizer.vocabularySize(), 16, 1, 2, 16, 0.1));
        new Generator(3)
                .with(() ->
                        gpt.parameters()
                                .forEach(p ->
                                        p.set(
                                                Initializers.normal(
                                                        0, 0.4, p.value().shape().toArray()))));
        return new LanguageModel(gpt, tokenizer);
    }

    /** It has to look further back than a word: "the" comes twice, before different ones. */
    @Test
    void learnsATextByHeart() {
        Tokenizer tokenizer = CharTokenizer.of(TEXT);
        Tensor.seed(0);
        var gpt = new Gpt(new Gpt.Config(tokenizer.vocabularySize(), 16, 1, 2, 32, 0));
        var loader = new DataLoader(new TokenDataset(tokenizer.encode(TEXT), 16), 16).shuffle(1);
        var optimizer = new Adam(gpt.parameters(), 0.01);
        double first = Double.NaN;
        double last = Double.NaN;
        for (int epoch = 0; epoch < 4; epoch++) {
            for (Batch batch : loader) {
                try (var tape = Tape.start()) {
                    Tensor loss = Losses.crossEntropy(gpt.apply(batch.inputs()), batch.targets());
                    last = loss.item();
                    first = Double.isNaN(first) ? last : first;
                    optimizer.step(tape.gradients(loss));
                }
            }
        }
        assertEquals(Math.log(tokenizer.vocabularySize()), first, 0.15);
        assertTrue(last < 0.3, "the last loss: " + last);
        String prompt = TEXT.substring(0, 12);
        var model = new LanguageModel(gpt, tokenizer);
        assertEquals(
                TEXT.substring(12, 112),
                model.generate(prompt, 100, Sampling.GREEDY, new Generator(0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"characters", "byte pairs"})
    void aFolderHasAllOfIt(String kind) throws IOException {
        Tokenizer tokenizer =
                kind.equals("characters")
                        ? CharTokenizer.of(TEXT)
                        : BytePairTokenizer.train(TEXT, 270);
        LanguageModel model = random(tokenizer);
        Path deep = folder.resolve("new").resolve("model");
        model.save(deep);
        LanguageModel read = LanguageModel.load(deep);
        assertEquals(model.gpt().config(), read.gpt().config());
        model.gpt()
                .slots()
                .forEach((name, slot) ->
                        assertArrayEquals(
                                slot.value().toArray(),
                                Objects.requireNonNull(read.gpt().slots().get(name))
                                        .value()
                                        .toArray(),
                                name));
        var sampling = new Sampling(1, 20, 0.95);
        String text = model.generate("the ", 60, sampling, new Generator(5));
        assertEquals(text, read.generate("the ", 60, sampling, new Generator(5)));
        assertNotEquals(text, read.generate("the ", 60, sampling, new Generator(6)));

        // Streaming gives the same, in pieces; of bytes that are no character none is torn apart.
        List<String> pieces = new ArrayList<>();
        read.generate("the ", 60, sampling, new Generator(5), pieces::add);
        assertEquals(text, String.join("", pieces));
        assertEquals(61, pieces.size());
        try (var files = Files.list(deep)) {
            assertEquals(
                    List.of("config.json", "model.safetensors", "tokenizer.txt"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** What a service does: every thread gets the bits that it would get alone. */
    @Test
    void servesManyThreads() throws Exception {
        LanguageModel model = random(CharTokenizer.of(TEXT));
        var sampling = new Sampling(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> texts = new ArrayList<>();
            for (int seed = 0; seed < 40; seed++) {
                var generator = new Generator(seed);
                texts.add(threads.submit(() -> model.generate("the ", 40, sampling, generator)));
            }
            for (int seed = 0; seed < texts.size(); seed++) {
                String alone = model.generate("the ", 40, sampling, new Generator(seed));
                assertEquals(alone, texts.get(seed).get(), "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.txt", "model.safetensors"})
    void aFolderWithoutAFile(String name) throws IOException {
        random(CharTokenizer.of(TEXT)).save(folder);
        Files.delete(folder.resolve(name));
        fails(folder + " is not the folder of a language model: it has no " + name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"layers\" : 1 | \"layers\" : 1.5     | \"layers\" is 1.5, and must be a whole"
                        + " number",
                "\"layers\" : 1 | \"layers\" : \"one\" | \"layers\" is a text, and must be a"
                        + " number",
                "\"layers\" : 1 | \"floors\" : 1       | \"layers\" is missing, and must be a"
                        + " number",
                "\"layers\" : 1 | \"layers\" : [1]     | \"layers\" must be a text or a number",
                "\"layers\" : 1 | \"layers\" : -1      | layers -1, heads 2 and width 16 must all"
                        + " be",
                "\"heads\" : 2  | \"heads\" : 3        | 3 heads cannot share a width of 16"
                        + " equally",
                "gradus.gpt     | gradus.rnn           | \"architecture\" is \"gradus.rnn\", and"
                        + " must",
                "\"architecture | \"kind               | \"architecture\" is missing, and must be",
                "\"layers\" :   | \"layers\"           | config.json is no JSON",
                "{              | [                    | config.json must be a JSON object",
                "\"layers\" : 1 | \"layers\" : 2       | does not fit together",
                ": 28           | : 29                 | does not fit together: LanguageModel: the",
            })
    void aDamagedConfig(String old, String changed, String message) throws IOException {
        random(CharTokenizer.of(TEXT)).save(folder);
        Path file = folder.resolve("config.json");
        String text = Files.readString(file);
        assertTrue(text.contains(old), text);
        Files.writeString(file, text.replace(old, changed));
        fails(message);
    }

    private void fails(String message) {
        String said =
                String.valueOf(
                        assertThrows(IOException.class, () -> LanguageModel.load(folder))
                                .getMessage());
        assertTrue(said.contains(message) && said.contains(folder.toString()), said);
    }

    @Test
    void promptsThatCannotBe() {
        LanguageModel model = random(CharTokenizer.of(TEXT));
        for (String prompt : List.of("", "the quick brown fox", "THE")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.generate(prompt, 1, Sampling.GREEDY, new Generator(0)),
                    prompt);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new LanguageModel(model.gpt(), CharTokenizer.of("abc")));
    }
}
