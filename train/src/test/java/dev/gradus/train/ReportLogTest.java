package dev.gradus.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class ReportLogTest {
    @TempDir Path folder;

    private static Report report(double loss) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("trainLoss", loss);
        values.put("top@5", 1 / 3.0);
        return new Report(120, 3, values);
    }

    @Test
    void aReportIsReadAsItWasWritten() {
        for (double loss : new double[] {0.1, -0.0, 1e-300, Double.NaN, Double.NEGATIVE_INFINITY}) {
            assertEquals(report(loss), Report.parse(report(loss).toString()));
        }
        assertEquals(
                "step=120 epoch=3 trainLoss=0.5 top@5=0.3333333333333333", report(0.5).toString());
    }

    /** Each line but the seconds, of a training that was interrupted and one that was not. */
    @Test
    void theLogsOfAResumedTrainingAreThoseOfAWholeOne() throws IOException {
        var whole = logged(folder.resolve("whole"), 4);
        whole.run();
        Path own = folder.resolve("own");
        logged(own, 2).run();
        Files.writeString(
                own.resolve("log.csv"), "99,9,half a li", java.nio.file.StandardOpenOption.APPEND);
        logged(own, 4).run();
        for (String name : List.of("log.csv", "log.jsonl")) {
            assertEquals(lines(folder.resolve("whole"), name), lines(own, name));
        }
        List<String> csv = Files.readAllLines(own.resolve("log.csv"));
        assertEquals("step,epoch,trainLoss,valLoss,mae,learningRate,seconds", csv.getFirst());
        assertEquals(5, csv.size());
        Report last = whole.trainer.reports().getLast();
        assertTrue(
                csv.getLast().startsWith("12,4," + last.of("trainLoss") + "," + last.of("valLoss")),
                csv.getLast());
        List<String> json = Files.readAllLines(own.resolve("log.jsonl"));
        assertEquals(4, json.size());
        assertTrue(
                json.getLast()
                        .startsWith(
                                "{\"step\":12,\"epoch\":4,\"trainLoss\":" + last.of("trainLoss")),
                json.getLast());
    }

    private static Rehearsal logged(Path folder, int epochs) {
        var rehearsal = new Rehearsal(folder, epochs, 7);
        rehearsal.trainer.logCsv(folder.resolve("log.csv")).logJson(folder.resolve("log.jsonl"));
        return rehearsal;
    }

    private static List<String> lines(Path folder, String name) throws IOException {
        return Files.readAllLines(folder.resolve(name)).stream()
                .map(line -> line.substring(0, line.lastIndexOf(','))) // the last are the seconds
                .toList();
    }

    @Test
    void jsonHasNoNaN() throws IOException {
        var log = new ReportLog(folder.resolve("log"), ReportLog.Format.JSON_LINES);
        log.onStart(new Rehearsal(folder, 1, 7).trainer);
        log.onReport(new Rehearsal(folder, 1, 7).trainer, report(Double.NaN));
        assertEquals(
                "{\"step\":120,\"epoch\":3,\"trainLoss\":null,\"top@5\":0.3333333333333333}\n",
                Files.readString(folder.resolve("log")));
    }

    @Test
    void withoutATerminalProgressIsPlainLines() {
        String text = shown(false);
        List<String> lines = text.lines().toList();
        assertEquals(8, lines.size(), text); // six updates, two reports
        assertTrue(lines.getFirst().startsWith("step 1/6  loss "), text);
        assertTrue(lines.get(3).startsWith("step 3/6  epoch 1  trainLoss "), text);
        assertTrue(
                lines.get(3).matches(".*valLoss \\S+  mae \\S+  \\S+ steps/s  \\d+ s left"), text);
        assertFalse(text.contains("\r") || text.contains("\u001b"), text);
    }

    @Test
    void onATerminalThereIsABarAndReportsStay() {
        String text = shown(true);
        assertTrue(text.contains("training"), text);
        assertTrue(text.contains("loss "), text);
        assertTrue(text.contains("step 3/6  epoch 1  trainLoss "), text);
        assertTrue(text.contains("step 6/6  epoch 2  trainLoss "), text);
    }

    private String shown(boolean terminal) {
        var bytes = new ByteArrayOutputStream();
        try (var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            var rehearsal = new Rehearsal(folder.resolve("shown-" + terminal), 2, 7);
            rehearsal.trainer.on(new ProgressDisplay(stream, terminal, Duration.ZERO));
            rehearsal.run();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
