package dev.gradus.examples;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;

/** A bar that shows how far a long work is. It comes after a while and goes with the work. */
final class Progress implements AutoCloseable {
    private final String work;
    private final int steps;
    private final boolean watched;
    private final Duration patience;
    private final PrintStream err;
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
        this.err = err;
    }

    /** Whether a person looks at this program, and not a file or another program. */
    @SuppressWarnings("SystemConsoleNull") // true of JDK 22 to 24, not of 25
    static boolean isWatched() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** One more step is done. */
    void step() {
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
                .setConsumer(new ConsoleProgressBarConsumer(err))
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
