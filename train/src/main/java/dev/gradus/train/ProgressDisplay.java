package dev.gradus.train;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far a training is: on a terminal a bar with the loss, updates per second and the time
 * left, elsewhere a line now and then with the same. Each report is a line that stays.
 */
final class ProgressDisplay implements Callback {
    /** Between two lines where there is no bar. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How much an update counts in the loss that is shown. */
    private static final double NEWEST = 0.05;

    private final PrintStream stream;
    private final boolean terminal;
    private final Duration patience;
    private @Nullable ProgressBar bar;
    private long start;
    private int firstStep;
    private long shown;
    private double loss = Double.NaN;

    ProgressDisplay(PrintStream stream, boolean terminal) {
        this(stream, terminal, PATIENCE);
    }

    ProgressDisplay(PrintStream stream, boolean terminal, Duration patience) {
        this.stream = stream;
        this.terminal = terminal;
        this.patience = patience;
    }

    /** Whether a person looks at this program, and not a file or another program. */
    @SuppressWarnings("SystemConsoleNull") // true of JDK 22 to 24, not of 25
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    @Override
    public void onStart(Trainer<?> trainer) {
        start = System.nanoTime();
        shown = start;
        firstStep = trainer.step();
    }

    @Override
    public void onStep(Trainer<?> trainer, double newest) {
        loss = Double.isNaN(loss) ? newest : loss + NEWEST * (newest - loss);
        if (terminal) {
            show(trainer);
        } else if (System.nanoTime() - shown >= patience.toNanos()) {
            shown = System.nanoTime();
            stream.println("%s  loss %s%s".formatted(place(trainer), number(loss), speed(trainer)));
        }
    }

    private void show(Trainer<?> trainer) {
        long total = trainer.totalSteps();
        if (bar == null) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName("training")
                            .setInitialMax(total)
                            .startsFrom(trainer.step(), Duration.ofNanos(System.nanoTime() - start))
                            .setStyle(ProgressBarStyle.ASCII)
                            .setConsumer(new Line(stream))
                            .setUpdateIntervalMillis(200)
                            .showSpeed()
                            .build();
        }
        bar.maxHint(total);
        bar.stepTo(trainer.step());
        bar.setExtraMessage(" loss " + number(loss));
    }

    @Override
    public void onReport(Trainer<?> trainer, Report report) {
        hide();
        shown = System.nanoTime();
        var text = new StringBuilder(place(trainer)).append("  epoch ").append(report.epoch());
        report.values()
                .forEach((name, value) -> {
                    if (!name.equals("seconds") && !name.equals("learningRate")) {
                        text.append("  ").append(name).append(' ').append(number(value));
                    }
                });
        stream.println(text.append(speed(trainer)));
    }

    @Override
    public void onEnd(Trainer<?> trainer) {
        hide();
    }

    private static String place(Trainer<?> trainer) {
        long total = trainer.totalSteps();
        return "step " + trainer.step() + (total < 0 ? "" : "/" + total);
    }

    private String speed(Trainer<?> trainer) {
        double seconds = (System.nanoTime() - start) / 1e9;
        double perSecond = (trainer.step() - firstStep) / seconds;
        long total = trainer.totalSteps();
        return "  %s steps/s".formatted(number(perSecond))
                + (total < 0 || perSecond == 0
                        ? ""
                        : "  %.0f s left"
                                .formatted(Math.ceil((total - trainer.step()) / perSecond)));
    }

    /** Four digits, as 0.1234, 12.34 or 1.234e-05. */
    private static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e6)) {
            return String.format(Locale.ROOT, "%.3e", value);
        }
        int digits = size < 10 ? 4 : size < 100 ? 2 : 1;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** Makes room for a line; the bar comes back with the next step. */
    private void hide() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** Where the bar is. It goes when something else is shown. */
    private static final class Line extends ConsoleProgressBarConsumer {
        Line(PrintStream stream) {
            super(stream);
        }

        @Override
        public void close() {
            clear();
        }
    }
}
