package dev.gradus.autograd;

/**
 * Whether layers that behave differently in training and in use (batch norm, dropout) train. It
 * belongs to the call, not to the model: with an open tape a model trains, without one it is used;
 * so one model serves many threads.
 */
public enum Mode {
    /** Batch statistics, dropout. */
    TRAIN,
    /** Running statistics, no dropout. */
    EVAL;

    /** The mode of the calling thread: that of its open tape, or EVAL. */
    public static Mode current() {
        Tape tape = Tape.current();
        return tape == null ? EVAL : tape.mode();
    }
}
