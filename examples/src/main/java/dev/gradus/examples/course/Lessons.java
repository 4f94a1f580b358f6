package dev.gradus.examples.course;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The subcommand of the course: {@code gradus lesson NAME}. Alone it lists the lessons. */
@Command(
        name = "lesson",
        description = "The course: one lesson a topic; alone it lists them.",
        subcommands = {
            MakingArrays.class,
            ElementByElement.class,
            Indexing.class,
            Broadcasting.class,
            Reductions.class,
            Reshaping.class,
            LinearAlgebra.class,
            Vectorisation.class,
            Activations.class,
            LossFunctions.class,
            NetworkByHand.class,
            ComputationGraph.class,
            Autograd.class,
            Optimizers.class,
            PyTorchParity.class,
            AttentionSteps.class,
            Regularisation.class,
            WordVectors.class,
            Mistakes.class
        },
        mixinStandardHelpOptions = true,
        synopsisHeading = "",
        customSynopsis = {
            "Usage:",
            "  gradus lesson NAME [options]      gives a lesson; --help shows its options"
        },
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nLessons, in the order of the course:%n")
public final class Lessons implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Override
    public void run() {
        command.commandLine().usage(command.commandLine().getOut());
    }
}
