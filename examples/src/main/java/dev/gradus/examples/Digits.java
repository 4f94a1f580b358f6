package dev.gradus.examples;

import dev.gradus.data.Split;
import dev.gradus.data.TensorDataset;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hand-written digits of 8 × 8 pixels, which come with the examples. */
@Command(
        name = "digits",
        description = "A network reads hand-written digits: loss curve and confusion matrix.")
final class Digits extends ImageLesson {
    private static final double HELD_OUT = 0.2;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            converter = Steps.class,
            defaultValue = "40",
            description = "How often to see all images (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Override
    Split images() {
        TensorDataset digits = BundledData.digits();
        // As many of each digit are held out as there are of it in the whole.
        return Split.stratified(digits, digits.targets().toIntArray(), HELD_OUT, seed());
    }

    @Override
    int white() {
        return 16;
    }

    @Override
    int epochs() {
        return epochs;
    }

    @Override
    double goal() {
        return 97;
    }

    @Override
    String title() {
        return "Digits";
    }
}
