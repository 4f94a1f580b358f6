package dev.gradus.examples;

import dev.gradus.examples.course.Lesson;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The options of {@link TrainGpt}, with the numbers of nanoGPT's smallest example. */
final class GptOptions {
    @Option(
            names = "--text",
            paramLabel = "FILE",
            arity = "1..*",
            description =
                    "The text to learn: files in UTF-8, one after the other (default: the sources"
                            + " of Gradus itself).")
    List<Path> text = List.of();

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME",
            converter = ByName.class,
            description =
                    "What a token is: one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Kind tokenizer = Kind.CHAR;

    @Option(
            names = "--vocabulary",
            paramLabel = "N",
            converter = Vocabulary.class,
            defaultValue = "512",
            description =
                    "How many tokens bpe makes, at least its 256 bytes (default:"
                            + " ${DEFAULT-VALUE}).")
    int vocabulary;

    @Option(
            names = "--layers",
            paramLabel = "N",
            converter = Size.class,
            defaultValue = "4",
            description = "How many transformer blocks (default: ${DEFAULT-VALUE}).")
    int layers;

    @Option(
            names = "--heads",
            paramLabel = "N",
            converter = Size.class,
            defaultValue = "4",
            description = "How many heads a block's attention has (default: ${DEFAULT-VALUE}).")
    int heads;

    @Option(
            names = "--width",
            paramLabel = "N",
            converter = Size.class,
            defaultValue = "128",
            description =
                    "The length of a token's vector, a multiple of --heads (default:"
                            + " ${DEFAULT-VALUE}).")
    int width;

    @Option(
            names = "--context",
            paramLabel = "N",
            converter = Size.class,
            defaultValue = "64",
            description = "How many tokens the model sees at most (default: ${DEFAULT-VALUE}).")
    int context;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            defaultValue = "0",
            description = "The dropout in training, 0 to below 1 (default: ${DEFAULT-VALUE}).")
    double dropout;

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = Size.class,
            defaultValue = "12",
            description = "How many pieces of text make a step (default: ${DEFAULT-VALUE}).")
    int batch;

    @Option(
            names = "--steps",
            paramLabel = "N",
            converter = Lesson.Steps.class,
            defaultValue = "2000",
            description = "How many steps to train, --resume's too (default: ${DEFAULT-VALUE}).")
    int steps;

    @Option(
            names = {"--rate", "--lr"},
            paramLabel = "RATE",
            converter = Lesson.Rate.class,
            defaultValue = "0.001",
            description =
                    "The learning rate; it falls to a tenth in the end (default:"
                            + " ${DEFAULT-VALUE}).")
    double rate;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            converter = Lesson.Steps.class,
            defaultValue = "100",
            description = "In how many steps the rate rises at first (default: ${DEFAULT-VALUE}).")
    int warmUp;

    @Option(
            names = "--decay",
            paramLabel = "X",
            defaultValue = "0.1",
            description = "AdamW's weight decay of the matrices (default: ${DEFAULT-VALUE}).")
    double decay;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            converter = Lesson.Rate.class,
            defaultValue = "1.0",
            description = "The largest norm of the gradients (default: ${DEFAULT-VALUE}).")
    double clip;

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            converter = Lesson.Steps.class,
            defaultValue = "250",
            description =
                    "Steps from one look at the held-out text to the next (default:"
                            + " ${DEFAULT-VALUE}).")
    int evalEvery;

    @Option(
            names = "--sample",
            paramLabel = "N",
            converter = SampleLength.class,
            defaultValue = "200",
            description =
                    "How many tokens the model writes then; 0 for none (default:"
                            + " ${DEFAULT-VALUE}).")
    int sample;

    @Option(
            names = "--resume",
            description =
                    "Go on with the training in --out, which had the same options; it ends with the"
                            + " same bits as one that was not interrupted.")
    boolean resume;

    /** What a token is. */
    enum Kind {
        /** A character. */
        CHAR,
        /** What byte pair encoding finds. */
        BPE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Finds what a token is by its name. */
    static final class ByName implements ITypeConverter<Kind> {
        @Override
        public Kind convert(String name) {
            for (Kind kind : Kind.values()) {
                if (kind.toString().equals(name)) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "there is no tokenizer '%s'; there are %s"
                            .formatted(name, Arrays.toString(Kind.values())));
        }
    }

    /** The options that a training must have again when it goes on. */
    Map<String, String> lasting() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("--tokenizer", tokenizer.toString());
        if (tokenizer == Kind.BPE) {
            all.put("--vocabulary", String.valueOf(vocabulary));
        }
        all.put("--layers", String.valueOf(layers));
        all.put("--heads", String.valueOf(heads));
        all.put("--width", String.valueOf(width));
        all.put("--context", String.valueOf(context));
        all.put("--dropout", String.valueOf(dropout));
        all.put("--batch", String.valueOf(batch));
        all.put("--rate", String.valueOf(rate));
        all.put("--warm-up", String.valueOf(warmUp));
        all.put("--decay", String.valueOf(decay));
        all.put("--clip", String.valueOf(clip));
        return all;
    }

    /** Reads a size. */
    static final class Size extends Lesson.WholeNumber {
        Size() {
            super(1, 65_536);
        }
    }

    /** Reads the size of a vocabulary. */
    static final class Vocabulary extends Lesson.WholeNumber {
        Vocabulary() {
            super(256, 65_536);
        }
    }

    /** Reads how much to write. */
    static final class SampleLength extends Lesson.WholeNumber {
        SampleLength() {
            super(0, 100_000);
        }
    }
}
