package dev.gradus.examples.course;

import dev.gradus.backend.Backends;
import dev.gradus.examples.plot.Grid;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.TapeDrawing;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What every lesson and example shares: the common options, and how to print, show progress and
 * save.
 */
public abstract class Lesson implements Runnable {
    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of all random numbers (default: ${DEFAULT-VALUE}).")
    private long seed = 0;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "Where to compute: cpu, cuda, or reference, which is slow (default: cpu).")
    private @Nullable String backend;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder for what it makes (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(names = "--quiet", description = "Print nothing, only draw the pictures.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these options.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** A lesson whose pictures go into the folder {@code out}. */
    protected Lesson() {
        this(Path.of("out"));
    }

    /** A lesson whose files go into a folder of its own unless another one is named. */
    protected Lesson(Path out) {
        this.out = out;
    }

    /** The lesson itself. */
    protected abstract void teach();

    @Override
    public final void run() {
        if (backend != null) {
            try {
                Backends.use(backend);
            } catch (IllegalArgumentException e) {
                throw mistake("--backend: " + e.getMessage(), e);
            }
        }
        // Before the training: nobody wants to wait for pictures that can't be saved.
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw mistake("--out: can't make the folder " + out + " (" + e + ")", e);
        }
        if (!Files.isWritable(out)) {
            throw mistake("--out: can't write into the folder " + out, null);
        }
        Tensor.seed(seed);
        teach();
    }

    /** A mistake in the options, to be thrown. */
    protected final ParameterException mistake(String message, @Nullable Throwable cause) {
        return new ParameterException(command.commandLine(), message, cause);
    }

    protected final long seed() {
        return seed;
    }

    /** The folder for the files, which is there. */
    protected final Path out() {
        return out;
    }

    /** Whether to print nothing. */
    protected final boolean isQuiet() {
        return quiet;
    }

    /** Prints a line, unless asked to be quiet; numbers look the same in every country. */
    @SuppressWarnings("AnnotateFormatMethod") // that annotation would be one more dependency
    protected final void say(String format, Object... values) {
        if (!quiet) {
            command.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        }
    }

    /**
     * Shows what an expression gives: the expression on a line of its own, then the value, indented
     * by two blanks. A tensor, a number, a text or whatever else prints itself.
     */
    protected final void show(String expression, Object value) {
        say("%s%n%s", expression, value.toString().indent(2).stripTrailing());
    }

    /** Saves a picture as PNG and as SVG, and says where. */
    protected final void save(Picture picture, String name) {
        tellWhere(picture.save(out, name));
    }

    /** Saves a grid of pictures likewise. */
    protected final void save(Grid grid, String name) {
        tellWhere(grid.save(out, name));
    }

    /** Saves the drawing of a tape likewise. */
    protected final void save(TapeDrawing drawing, String name) {
        tellWhere(drawing.save(out, name));
    }

    private void tellWhere(List<Path> files) {
        files.forEach(file -> say("%s", file));
    }

    /** Shows on a terminal how far a long work is. */
    protected final Progress progress(String work, int steps) {
        return new Progress(
                work, steps, !quiet && Progress.isWatched(), Duration.ofSeconds(1), System.err);
    }

    /** Reads a whole number within limits. */
    public abstract static class WholeNumber implements ITypeConverter<Integer> {
        private final int least;
        private final int most;

        protected WholeNumber(int least, int most) {
            this.least = least;
            this.most = most;
        }

        @Override
        public final Integer convert(String text) {
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException _) {
                // The same mistake as a number that is too large.
            }
            throw new TypeConversionException(
                    "'%s' is not a whole number from %d to %d".formatted(text, least, most));
        }
    }

    /** Reads a number of steps. */
    public static final class Steps extends WholeNumber {
        /** For picocli. */
        public Steps() {
            super(1, 100_000);
        }
    }

    /** Reads a learning rate. */
    public static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            double rate;
            try {
                rate = Double.parseDouble(text);
            } catch (NumberFormatException _) {
                rate = 0;
            }
            if (!(rate > 0) || Double.isInfinite(rate)) {
                throw new TypeConversionException("'" + text + "' is not a number above 0");
            }
            return rate;
        }
    }
}
