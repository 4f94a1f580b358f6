package dev.gradus.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.Locale;

/** What the network of the lesson {@link Attention} learns to do with a sequence. */
enum SequenceTask {
    /** Each place has to look at exactly one other. */
    REVERSE {
        @Override
        int[] answer(int[] sequence) {
            int[] reversed = new int[sequence.length];
            for (int i = 0; i < reversed.length; i++) {
                reversed[i] = sequence[sequence.length - 1 - i];
            }
            return reversed;
        }
    },
    /** Each place has to look at all of them: what comes first depends on what there is. */
    SORT {
        @Override
        int[] answer(int[] sequence) {
            int[] sorted = sequence.clone();
            Arrays.sort(sorted);
            return sorted;
        }
    };

    abstract int[] answer(int[] sequence);

    /** The answers to sequences, {@code [n][length]} both. */
    int[][] answers(int[][] sequences) {
        return Arrays.stream(sequences).map(this::answer).toArray(int[][]::new);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Finds a task by its name. */
    static final class ByName implements ITypeConverter<SequenceTask> {
        @Override
        public SequenceTask convert(String name) {
            for (SequenceTask task : values()) {
                if (task.toString().equals(name)) {
                    return task;
                }
            }
            throw new TypeConversionException(
                    "there is no task '%s'; there are %s"
                            .formatted(name, Arrays.toString(values())));
        }
    }
}
