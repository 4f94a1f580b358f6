package dev.gradus.train;

import dev.gradus.io.AtomicFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A file with a line a report, written as they come. A training that goes on from a checkpoint
 * writes the reports before it again, and none twice: so the file is as if it had never stopped.
 */
final class ReportLog implements Callback {
    /** How a line looks. */
    enum Format {
        /** {@code 120,3,0.25}, below a line with the names. */
        CSV,
        /** <code>{"step":120,"epoch":3,"trainLoss":0.25}</code>; null for NaN and infinities. */
        JSON_LINES
    }

    private final Path file;
    private final Format format;

    /** The columns of a CSV file: those of the newest report when the header was written. */
    private List<String> columns = List.of();

    ReportLog(Path file, Format format) {
        this.file = file;
        this.format = format;
    }

    @Override
    public void onStart(Trainer<?> trainer) {
        columns = List.of();
        write(trainer.reports());
    }

    @Override
    public void onReport(Trainer<?> trainer, Report report) {
        if (format == Format.CSV && !columns.containsAll(report.values().keySet())) {
            columns = List.copyOf(report.values().keySet());
            write(trainer.reports()); // the first one, or a metric was added
            return;
        }
        try {
            Files.writeString(file, line(report), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("the log " + file + " can't be written", e);
        }
    }

    /** Writes all of it. */
    private void write(List<Report> reports) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (columns.isEmpty() && !reports.isEmpty()) {
                columns = List.copyOf(reports.getLast().values().keySet());
            }
            var text = new StringBuilder();
            if (format == Format.CSV && !columns.isEmpty()) {
                text.append("step,epoch,").append(String.join(",", columns)).append('\n');
            }
            reports.forEach(report -> text.append(line(report)));
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(file, out -> out.write(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the log " + file + " can't be written", e);
        }
    }

    private String line(Report report) {
        return switch (format) {
            case CSV -> {
                List<String> cells = new ArrayList<>();
                cells.add(String.valueOf(report.step()));
                cells.add(String.valueOf(report.epoch()));
                for (String column : columns) {
                    Double value = report.values().get(column);
                    cells.add(value == null ? "" : value.toString());
                }
                yield String.join(",", cells) + "\n";
            }
            case JSON_LINES ->
                    report.values().entrySet().stream()
                            .map(ReportLog::json)
                            .collect(
                                    Collectors.joining(
                                            "",
                                            "{\"step\":"
                                                    + report.step()
                                                    + ",\"epoch\":"
                                                    + report.epoch(),
                                            "}\n"));
        };
    }

    /** A name needs no escape; see {@link Report}. */
    private static String json(Map.Entry<String, Double> entry) {
        double value = entry.getValue();
        String number = Double.isFinite(value) ? String.valueOf(value) : "null";
        return ",\"" + entry.getKey() + "\":" + number;
    }
}
