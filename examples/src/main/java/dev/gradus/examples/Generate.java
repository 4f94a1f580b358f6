package dev.gradus.examples;

import dev.gradus.backend.Backends;
import dev.gradus.examples.course.Lesson;
import dev.gradus.nn.Sampling;
import dev.gradus.tensor.Generator;
import dev.gradus.text.LanguageModel;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Writes on from a prompt, token by token, with a model that {@link TrainGpt} saved. */
@Command(
        name = "generate",
        description = "Writes on from a prompt, with a model that gradus gpt saved.",
        sortOptions = false)
final class Generate implements Runnable {
    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            defaultValue = "out/gpt",
            description = "The folder of the model (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("out", "gpt");

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "What comes before, at most a context long (default: a line's end).")
    private String prompt = "\n";

    @Option(
            names = "--length",
            paramLabel = "N",
            converter = Length.class,
            defaultValue = "500",
            description = "How many tokens to write (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description =
                    "1: as likely as the model says; less: rather the likely ones; 0: always the"
                            + " likeliest (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Of the K likeliest tokens only; 0: of all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "Of the likeliest tokens that together have probability P (default:"
                            + " ${DEFAULT-VALUE}).")
    private double topP;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "One seed, one text (default: ${DEFAULT-VALUE}).")
    private long seed = 0;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "Where to compute: cpu, cuda, or reference (default: cpu).")
    private @Nullable String backend;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these options.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Override
    public void run() {
        PrintWriter out = command.commandLine().getOut();
        try {
            var sampling = new Sampling(temperature, topK, topP);
            if (backend != null) {
                Backends.use(backend);
            }
            LanguageModel model = LanguageModel.load(folder);
            boolean[] begun = {false};
            model.generate(
                    prompt,
                    length,
                    sampling,
                    new Generator(seed),
                    piece -> {
                        // What is wrong with a prompt is said before the first piece, alone.
                        out.print(begun[0] ? piece : prompt + piece);
                        out.flush();
                        begun[0] = true;
                    });
            out.println();
        } catch (IllegalArgumentException | IOException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads how much to write. */
    static final class Length extends Lesson.WholeNumber {
        Length() {
            super(1, 1_000_000);
        }
    }
}
