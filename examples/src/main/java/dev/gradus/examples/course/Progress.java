package dev.gradus.examples.course;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;

/** A bar that shows how far a long work is. It comes after a while and goes with the work. */
public final class Progress implements AutoCloseable {
    private final String work;
    private final int steps;
    private final boolean watched;
    private final Duration patience;
    private final Line line;
    private final long start = System.nanoTime();
    private int done;
    private @Nullable ProgressBar bar;

    /**
     * For work that starts now.
     *
     * @param watched whether to show anything
     * @param patience how long work may take before a bar comes
     */
    Progress(String work, int steps, boolean watched, Duration patience, PrintStream err) {
        this.work = work;
        this.steps = steps;
        this.watched = watched;
        this.patience = patience;
        this.line = new Line(err);
    }

    /** Whether a person looks at this program, and not a file or another program. */
    @SuppressWarnings("SystemConsoleNull") // true of JDK 22 to 24, not of 25
    static boolean isWatched() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** One more step is done. */
    public void step() {
        done++;
        if (bar != null) {
            bar.step();
        } else if (watched) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (elapsed.compareTo(patience) > 0) {
                bar = bar(elapsed);
            }
        }
    }

    private ProgressBar bar(Duration elapsed) {
        return new ProgressBarBuilder()
                .setTaskName(work)
                .setInitialMax(steps)
                .startsFrom(done, elapsed)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(line)
                .setUpdateIntervalMillis(200)
                .build();
    }

    /** Makes room for a line of output; the bar comes back with the next step. */
    public void hide() {
        if (bar != null) {
            bar.close();
            line.clear(); // the bar itself would not if it was shown only once
            bar = null;
        }
    }

    @Override
    public void close() {
        hide();
    }

    /** Where the bar is. The work's end is no reason to go on to the next line. */
    private static final class Line extends ConsoleProgressBarConsumer {
        Line(PrintStream err) {
            super(err);
        }

        @Override
        public void close() {}
    }
}
