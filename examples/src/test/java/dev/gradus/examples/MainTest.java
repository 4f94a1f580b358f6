package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Backends;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What somebody sees who types commands. */
class MainTest {
    @TempDir Path folder;

    private final String backend = Backends.current().name();
    private final Locale locale = Locale.getDefault();

    @BeforeEach
    void goWhereDecimalsHaveACommaAndTheNextTestDoesNot() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void comeBack() {
        Locale.setDefault(locale);
        Backends.use(backend);
    }

    record Outcome(int exitCode, String out, String err) {}

    private static Outcome gradus(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.execute(new PrintWriter(out), new PrintWriter(err), args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /** Blanks in a command part its arguments; {@code OUT} stands for a folder. */
    private Outcome type(String command) {
        String[] args = command.strip().split(" +", -1);
        for (int i = 0; i < args.length; i++) {
            args[i] = args[i].replace("OUT", folder.toString());
        }
        return gradus(args);
    }

    private Outcome success(String command) {
        Outcome outcome = type(command);
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exitCode());
        return outcome;
    }

    private static void assertHas(String text, String part) {
        assertTrue(text.contains(part), "'" + part + "' is missing in:\n" + text);
    }

    @Test
    void listsTheExamplesAndWhatElseThereIs() {
        Outcome list = gradus();
        assertEquals(0, list.exitCode());
        assertTrue(list.out().lines().anyMatch(line -> line.matches("  xor +\\S.*")), list.out());
        assertTrue(
                list.out().lines().anyMatch(line -> line.matches("  rosenbrock +\\S.*")),
                list.out());
        assertTrue(
                list.out().lines().anyMatch(line -> line.matches("  attention +\\S.*")),
                list.out());
        assertHas(list.out(), "gradus run File.java");
        assertHas(list.out(), "gradus doctor");
        assertHas(list.out(), "gradus bench");
        assertHas(list.out(), "GRADUS_JAVA_HOME, JAVA_HOME, the path");
        assertTrue(list.out().lines().allMatch(line -> line.length() <= 80), list.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xor        | --course --steps --lr (default: 0.05;",
                "xor        | --seed --backend --out --quiet (default: 0) (default: out)",
                "rosenbrock | --optimizers --lr (default: sgd,momentum,average,adam) (default:"
                        + " 200)",
                "attention  | --task --length --letters --layers --heads reverse, sort (default:"
                        + " 12)",
                "attention  | --seed --backend --out --quiet --steps --lr (default: 3000)",
                "digits     | --hidden --batch --lr (default: 0.002) --epochs (default: 40)",
                "digits     | --save --export model.onnx [batch, pixels]",
                "mnist      | --data --hidden --batch --lr --epochs (default: 10)",
                "rosenbrock | --seed --backend --out --quiet sgd, momentum, nesterov newton",
            })
    void helpShowsOptionsWithTheirDefaults(String example, String parts) {
        String help = success(example + " --help").out().replaceAll("\\s+", " ");
        for (String part : parts.split("(?<!default:) ", -1)) {
            assertHas(help, part);
        }
    }

    @Test
    void lessonAloneListsTheLessons() {
        String list = success("lesson").out();
        assertHas(list, "gradus lesson NAME");
        assertTrue(list.lines().anyMatch(line -> line.matches("  broadcasting +\\S.*")), list);
        assertTrue(list.lines().allMatch(line -> line.length() <= 80), list);
        assertEquals(list, success("lesson --help").out());
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        assertHas(pom, "<version>" + Main.VERSION + "</version>");
        assertHas(success("--version").out(), "Gradus " + Main.VERSION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xro                          | did you mean xor?",
                "rosenbrok --quiet            | did you mean rosenbrock?",
                "rnu                          | did you mean run?",
                "resnet                       | there are xor, rosenbrock, attention, digits",
                "--sead                       | there are",
                "xor --sead 3                 | did you mean --seed?",
                "xor --seed                   | --seed",
                "xor --seed one               | 'one'",
                "xor more                     | takes options only, not 'more'",
                "digits --epochs 0            | '0' is not a whole number from 1 to 100000",
                "digits --hidden 5000         | '5000' is not a whole number from 1 to 4096",
                "digits --save OUT            | is a folder; name a file in it",
                "digits --export OUT/no/model | there is no folder",
                "digits --export OUT/file/a   | there is no folder",
                "digits --save a --export a   | --save and --export both name a",
                "mnist                        | Missing required option: '--data=DIR'",
                "mnist --data OUT             | has no train-images-idx3-ubyte, train-labels",
                "xor --steps 0                | '0' is not a whole number from 1 to 100000",
                "xor --steps many             | 'many' is not a whole number",
                "xor --lr NaN                 | 'NaN' is not a number above 0",
                "xor --lr -0.1                | '-0.1' is not a number above 0",
                "xor --lr Infinity            | 'Infinity' is not",
                "xor --lr fast                | 'fast' is not",
                "xor --backend tpu            | there are cpu, cuda, reference",
                "xor --out OUT/file/pictures  | can't make the folder",
                "rosenbrock --optimizers lion | there are [sgd, momentum, average, nesterov, adam",
                "rosenbrock --optimizers ,    | name at least one",
                "atention                     | did you mean attention?",
                "attention --task copy        | there is no task 'copy'; there are [reverse, sort]",
                "attention --length 1         | '1' is not a whole number from 2 to 32",
                "attention --length 33        | '33' is not a whole number from 2 to 32",
                "attention --letters 27       | '27' is not a whole number from 2 to 26",
                "attention --layers 0         | '0' is not a whole number from 1 to 8",
                "attention --heads 65         | '65' is not a whole number from 1 to 64",
                "attention --heads 3          | 3 heads cannot share the width 64; take 1, 2, 4,",
                "attention --steps 0          | '0' is not a whole number from 1 to 100000",
                "attention --lr 0             | '0' is not a number above 0",
                "lesson brodcasting           | did you mean broadcasting?",
                "lesson calculus              | there is no lesson 'calculus'; there are",
                "lesson broadcasting more     | takes options only, not 'more'",
                "lesson --sead                | there is no option '--sead'",
            })
    void aMistakeIsOneClearLine(String command, String part) throws IOException {
        Files.writeString(folder.resolve("file"), "in the way");
        Outcome outcome = type(command);
        assertEquals(2, outcome.exitCode());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().startsWith("gradus"), outcome.err());
        assertHas(outcome.err(), part);
    }

    @Test
    void aFailureIsOneClearLineToo() throws IOException {
        // A folder with something in it where a picture should go.
        Files.createDirectories(folder.resolve("xor-loss.png").resolve("full"));
        Outcome outcome = type("xor --quiet --steps 1 --out OUT");
        assertEquals(1, outcome.exitCode());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertHas(outcome.err(), "gradus xor: picture 'xor-loss' can't be saved");
    }

    @Test
    void xorPrintsWhatItLearnedAndWhereThePicturesAre() {
        String out = success("xor --out OUT").out();
        assertHas(out, "2-8-1, tanh, Adam, 500 steps at learning rate 0.05, seed 0");
        assertHas(out, "4 of 4 right, loss 0.000");
        assertTrue(out.lines().anyMatch(line -> line.matches("  1, 1 +0 +0\\.00\\d\\d")), out);
        assertFalse(out.contains("Not learned"), out);
        assertNamesPictures(out, "xor-loss", "xor-boundary");
    }

    @Test
    void xorSaysWhenItDidNotLearn() {
        String out = success("xor --course --out OUT").out();
        assertHas(out, "2-4-1, ReLU, sigmoid, SGD, 1000 steps at learning rate 0.5, seed 0");
        assertHas(out, "3 of 4 right, loss 0.4");
        assertHas(out, "Not learned");
        assertNamesPictures(out, "xor-course-loss", "xor-course-boundary");
    }

    @Test
    void rosenbrockPrintsEndPoints() {
        String out = success("rosenbrock --optimizers sgd,newton --out OUT").out();
        List<String> table = out.lines().filter(line -> line.matches("(sgd|newton) .*")).toList();
        assertEquals(2, table.size(), out);
        assertTrue(table.get(0).matches("sgd +0\\.001 +-1\\.2255 +1\\.5096 +4\\.96e\\+00 .*"), out);
        assertTrue(table.get(1).matches("newton +1\\.0 +1\\.0000 +1\\.0000 .*"), out);
        assertNamesPictures(out, "rosenbrock");
    }

    @Test
    void rosenbrockDrawsEvenWhatDiverges() {
        String out = success("rosenbrock --lr 0.01 --optimizers sgd --out OUT").out();
        assertTrue(out.lines().anyMatch(line -> line.matches("sgd .*NaN.*")), out);
        assertNamesPictures(out, "rosenbrock");
    }

    @Test
    void growthPrintsTimesAndSlopes() {
        String out = success("growth --doublings 1 --warm-up 0 --out OUT").out();
        String time = "[\\d.e+-]+";
        List<String> rows = out.lines().filter(line -> line.matches(" +\\d+ .*")).toList();
        assertEquals(6, rows.size(), out);
        for (int i = 0; i < 6; i++) {
            String n = List.of("32", "64", "32", "64", "16", "32").get(i);
            String slope = i % 2 == 0 ? " *" : " +-?\\d+\\.\\d\\d";
            assertTrue(rows.get(i).matches(" +" + n + " +" + time + slope), out);
        }
        assertNamesPictures(out, "growth");
        assertEquals(1.5, Growth.slope(2, 16, 2), 1e-12);
    }

    @Test
    void attentionPrintsATableASampleAndWhereThePicturesAre() {
        String out = success("attention --length 4 --steps 60 --task sort --out OUT").out();
        assertHas(out, "sort, 4 of the letters a-j; layers: 2, heads: 2, width 64");
        assertHas(out, "Held out, so never trained on: 512 sequences");
        assertTrue(out.lines().anyMatch(line -> line.matches(" +50( +\\d\\.\\d{4}){2} .* %")), out);
        assertTrue(out.lines().anyMatch(line -> line.matches(" +60( +\\d\\.\\d{4}){2} .* %")), out);
        assertHas(out, "Not learned, which takes 99 % of the tokens");
        assertTrue(out.lines().anyMatch(line -> line.matches("Time: .* s, \\d+ tokens/s.*")), out);
        assertTrue(out.lines().anyMatch(line -> line.matches("expected ( [a-j]){4}")), out);
        assertNamesPictures(out, "attention-sort-loss", "attention-sort-weights");
    }

    private void assertNamesPictures(String out, String... names) {
        for (String name : names) {
            for (String kind : List.of(".png", ".svg")) {
                Path file = folder.resolve(name + kind);
                assertTrue(Files.exists(file), file.toString());
                assertHas(out, file.toString());
            }
        }
    }

    @Test
    void quietMeansPicturesOnly() throws IOException {
        assertEquals("", success("xor --quiet --steps 5 --out OUT/deep/down").out());
        try (Stream<Path> pictures = Files.list(folder.resolve("deep").resolve("down"))) {
            assertEquals(4, pictures.count());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "xor --seed 7 --steps 50",
                "xor --course --seed 7 --steps 50",
                "rosenbrock --seed 7 --steps 50",
                "attention --seed 7 --steps 20 --length 4",
                "digits --seed 7 --epochs 2"
            })
    void oneSeedGivesTheSameOutputAndTheSamePictures(String command) throws IOException {
        String first = withoutTime(success(command + " --out OUT/1").out());
        String second = withoutTime(success(command + " --out OUT/2").out());
        assertEquals(first, second.replace(folder.resolve("2").toString(), folder + "/1"));
        List<Path> pictures = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("1"))) {
            files.forEach(pictures::add);
        }
        assertFalse(pictures.isEmpty());
        for (Path picture : pictures) {
            Path again = folder.resolve("2").resolve(picture.getFileName());
            assertArrayEquals(Files.readAllBytes(picture), Files.readAllBytes(again));
        }
    }

    private static String withoutTime(String out) {
        return out.replaceAll("(?m)^Time: .*$", "");
    }

    @Test
    void anotherSeedGivesAnotherNetwork() {
        String one = success("xor --steps 50 --seed 1 --out OUT").out();
        String two = success("xor --steps 50 --seed 2 --out OUT").out();
        assertNotEquals(one.replace("seed 1", ""), two.replace("seed 2", ""));
    }

    @Test
    void theBackendIsTheOneAskedFor() {
        success("xor --steps 5 --backend reference --out OUT");
        assertEquals("reference", Backends.current().name());
    }
}
