package dev.gradus.train;

/**
 * Something that is told how a training goes: a log, a picture, a sample now and then. It may ask
 * the trainer anything, and {@link Trainer#stop}. Callbacks are called in the order in which they
 * were added, and before a checkpoint is written: so a training that goes on from a checkpoint does
 * not call them again for what was before it.
 */
public interface Callback {
    /** A training starts, or goes on after {@link Trainer#resume}. */
    default void onStart(Trainer<?> trainer) {}

    /**
     * The parameters were updated.
     *
     * @param loss the mean over the samples of the update
     */
    default void onStep(Trainer<?> trainer, double loss) {}

    /** There is a new report. */
    default void onReport(Trainer<?> trainer, Report report) {}

    /** The training ends, be it by an exception. */
    default void onEnd(Trainer<?> trainer) {}
}
