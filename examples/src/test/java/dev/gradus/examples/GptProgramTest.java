package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.nn.Gpt;
import dev.gradus.nn.Initializers;
import dev.gradus.nn.Sampling;
import dev.gradus.tensor.Generator;
import dev.gradus.text.CharTokenizer;
import dev.gradus.text.LanguageModel;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The programs gpt and generate, and the service of docs/service.md. */
class GptProgramTest {
    private static final String TEXT =
            "one fish, two fish, red fish, blue fish.\n".repeat(30) + "größe: ∞\n";

    /** A model so small that a step takes no time. */
    private static final String SMALL =
            " --text DIR/text --layers 1 --heads 2 --width 16 --context 16 --batch 4 --warm-up 5"
                    + " --rate 0.01 --eval-every 10 --sample 20 ";

    @TempDir Path folder;

    @BeforeEach
    void text() throws IOException {
        Files.writeString(folder.resolve("text"), TEXT);
    }

    private record Outcome(int exitCode, String out, String err) {}

    private String[] arguments(String command) {
        return command.strip().replace("DIR", folder.toString()).split(" +", -1);
    }

    private Outcome type(String command) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.execute(new PrintWriter(out), new PrintWriter(err), arguments(command));
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private String success(String command) {
        Outcome outcome = type(command);
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exitCode());
        return outcome.out();
    }

    private static void assertHas(String text, String part) {
        assertTrue(text.contains(part), "'" + part + "' is missing in:\n" + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"char", "bpe"})
    void trainsAndGenerates(String tokenizer) {
        String training = "gpt" + SMALL + "--vocabulary 280 --steps 25 --tokenizer " + tokenizer;
        String out = success(training + " --out DIR/model");
        assertHas(out, "The text: %,d characters, ".formatted(TEXT.length()));
        assertHas(out, "1 layers, 2 heads, width 16, context 16, ");
        for (int step : new int[] {10, 20, 25}) {
            String row = " +" + step + "( +\\d\\.\\d{4}){2} +\\d+";
            assertTrue(out.lines().anyMatch(line -> line.matches(row)), out);
        }
        assertTrue(out.lines().anyMatch(line -> line.matches("        \\| .+")), out);
        assertHas(out, "nats a token, after step 25; ");
        assertFalse(out.contains("Interrupted"), out);
        for (String name :
                List.of("config.json", "tokenizer.txt", "gpt-loss.png", "gpt-loss.svg")) {
            assertTrue(Files.exists(folder.resolve("model").resolve(name)), name);
        }

        String command = "generate DIR/model --prompt fish --length 40 --top-k 9 --top-p 0.9";
        String text = success(command);
        assertTrue(text.startsWith("fish"), text);
        assertEquals(text, success(command));
        assertNotEquals(text, success(command + " --seed 1"));
        String greedy = success("generate DIR/model --length 30 --temperature 0");
        assertEquals(greedy, success("generate DIR/model --length 30 --temperature 0 --seed 9"));
    }

    @Test
    void aTrainingThatGoesOnEndsWithTheSameBits() throws IOException {
        success("gpt" + SMALL + "--steps 30 --dropout 0.1 --out DIR/whole --quiet");
        success("gpt" + SMALL + "--steps 30 --dropout 0.1 --out DIR/parts --quiet");
        // As if it had been killed after step 10.
        Path parts = folder.resolve("parts");
        Path whole = folder.resolve("whole");
        for (String name : List.of("checkpoint-00000030", "checkpoint-00000020")) {
            Path file = parts.resolve("checkpoints").resolve(name + ".safetensors");
            assertTrue(Files.exists(file), name);
        }
        Files.delete(parts.resolve("checkpoints").resolve("checkpoint-00000030.safetensors"));
        Files.delete(parts.resolve("model.safetensors"));
        String out = success("gpt" + SMALL + "--steps 30 --dropout 0.1 --out DIR/parts --resume");
        assertHas(out, "Goes on after step 20");
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(parts.resolve("model.safetensors")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt --tokenizer words              | there is no tokenizer 'words'; there are"
                        + " [char, bpe]",
                "gpt --text DIR/nothing             | DIR/nothing",
                "gpt --text DIR/short               | TokenDataset: a sample of context 64 takes"
                        + " 65",
                "gpt --text DIR/latin1              | is not UTF-8: the byte 0xFC at offset 2",
                "gpt --text DIR/text --heads 3      | 3 heads cannot share a width of 128 equally",
                "gpt --text DIR/text --dropout 1    | must be at least 0 and below 1, not 1.0",
                "gpt --text DIR/text --decay -1     | weight decay must be a finite number at least"
                        + " 0",
                "gpt --vocabulary 255               | '255' is not a whole number from 256 to"
                        + " 65536",
                "gpt --text DIR/text --resume       | --resume: there is no training in DIR/run to"
                        + " go",
                "generate DIR                       | DIR is not the folder of a language model",
                "generate DIR/nothing               | DIR/nothing is not the folder of a language",
                "generate DIR/model --top-p 1.5     | above 0 and at most 1, not 1.5",
                "generate DIR/model --top-k -1      | top-k is how many tokens are left",
                "generate DIR/model --temperature -1| the temperature must be 0 (greedy) or above",
                "generate DIR/model --prompt fi§h   | the character § (U+00A7) at index 2 is none"
                        + " of",
                "generate DIR/model --prompt fish,fish,fish,fi | a prompt of 17 tokens is longer"
                        + " than the context, 16",
                "generate DIR/model --length 0      | '0' is not a whole number from 1 to",
                "generate DIR/model --backend tpu   | there are cpu, cuda, reference",
            })
    void aMistakeIsOneClearLine(String command, String message) throws IOException {
        Files.writeString(folder.resolve("short"), "short");
        Files.write(folder.resolve("latin1"), new byte[] {'f', ' ', (byte) 0xFC, 'r'});
        model().save(folder.resolve("model"));
        Outcome outcome = type(command.startsWith("gpt") ? command + " --out DIR/run" : command);
        assertNotEquals(0, outcome.exitCode());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertHas(outcome.err(), message.replace("DIR", folder.toString()));
        assertFalse(Files.exists(folder.resolve("run").resolve("training.txt")));
    }

    /** A model that has learned nothing. */
    private static LanguageModel model() {
        var tokenizer = CharTokenizer.of(TEXT);
        var gpt = new Gpt(new Gpt.Config(tokenizer.vocabularySize(), 16, 1, 2, 16, 0));
        new Generator(4)
                .with(() ->
                        gpt.parameters()
                                .forEach(p ->
                                        p.set(
                                                Initializers.normal(
                                                        0, 0.3, p.value().shape().toArray()))));
        return new LanguageModel(gpt, tokenizer);
    }

    @Test
    void aFolderIsForOneTraining() {
        success("gpt" + SMALL + "--steps 3 --out DIR/model --quiet");
        Outcome again = type("gpt" + SMALL + "--steps 3 --out DIR/model");
        assertEquals(2, again.exitCode());
        assertHas(again.err(), "already; --resume goes on with it, another --out starts a new one");
        Outcome other =
                type(
                        ("gpt" + SMALL + "--steps 3 --out DIR/model --resume")
                                .replace("--batch 4", "--batch 5"));
        assertEquals(2, other.exitCode());
        assertHas(other.err(), "--resume: --batch is 5, and was 4 when the training in ");
    }

    /** What Ctrl-C does, which is a signal of the same kind as SIGTERM. */
    @Test
    void anInterruptedTrainingCanGoOn() throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(java());
        command.add(Main.class.getName());
        command.addAll(List.of(arguments("gpt" + SMALL + "--steps 100000 --out DIR/model")));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            Path checkpoints = folder.resolve("model").resolve("checkpoints");
            for (int i = 0; i < 600 && !Files.exists(checkpoints); i++) {
                assertTrue(process.isAlive(), () -> read(output));
                Thread.sleep(50);
            }
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        } finally {
            process.destroyForcibly();
        }
        String out = read(output);
        assertHas(out, "Interrupted after step ");
        int step = Integer.parseInt(out.replaceAll("(?s).*Interrupted after step (\\d+).*", "$1"));
        String resumed = success("gpt" + SMALL + "--resume --out DIR/model --steps " + (step + 2));
        assertHas(resumed, "Goes on after step " + step);
        assertFalse(resumed.contains("Interrupted"), resumed);
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void theDefaultTextIsTheSources() throws IOException {
        List<Path> files = OwnSources.files();
        assertEquals(files, OwnSources.files());
        List<String> names =
                files.stream().map(file -> file.toString().replace('\\', '/')).toList();
        assertTrue(names.stream().anyMatch(name -> name.endsWith("/tensor/Tensor.java")));
        assertTrue(names.stream().anyMatch(name -> name.endsWith("/examples/TrainGpt.java")));
        assertTrue(names.stream().allMatch(name -> name.contains("/src/main/java/")), "a test");
        // The end, which is held out, is not of one module alone.
        long modules =
                names.subList(names.size() * 9 / 10, names.size()).stream()
                        .map(name -> name.replaceAll(".*/([a-z]+)/src/main/.*", "$1"))
                        .distinct()
                        .count();
        assertTrue(modules > 3, "modules: " + modules);
    }

    /** The program of docs/service.md as it stands there, with a free port. */
    @Test
    void theServiceAnswersManyAtOnce() throws Exception {
        LanguageModel model = model();
        model.save(folder.resolve("out").resolve("gpt"));
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        String program = Programs.in("docs/service.md").getFirst();
        assertHas(program, "8080");
        Path source = folder.resolve("Service.java");
        Files.writeString(source, program.replace("8080", String.valueOf(port)));
        List<String> command = new ArrayList<>(java());
        command.add(source.toString());
        Process process =
                new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
        try (var client = HttpClient.newHttpClient()) {
            String alone = model.generate("fish", 100, new Sampling(0.8), new Generator(7));
            String first = null;
            for (int i = 0; i < 600 && first == null; i++) {
                assertTrue(process.isAlive(), "the service has ended");
                try {
                    first = client.send(request(port), HttpResponse.BodyHandlers.ofString()).body();
                } catch (IOException _) {
                    Thread.sleep(50); // it is not there yet
                }
            }
            assertEquals(alone, first);
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(client.sendAsync(request(port), HttpResponse.BodyHandlers.ofString()));
            }
            for (var answer : answers) {
                assertEquals(alone, answer.get(60, TimeUnit.SECONDS).body());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static HttpRequest request(int port) {
        return HttpRequest.newBuilder(
                        URI.create(String.format(Locale.ROOT, "http://localhost:%d/", port)))
                .POST(HttpRequest.BodyPublishers.ofString("fish"))
                .build();
    }
}
