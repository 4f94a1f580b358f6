package dev.gradus.cuda;

/**
 * One thing that CUDA needs, and what became of it.
 *
 * @param name what it is, such as {@code driver library}
 * @param state whether it works
 * @param text where it was found and what it is, or why it does not work
 * @param fix what the user has to do; empty if it works or was not looked at
 */
record Component(String name, State state, String text, String fix) {
    /** What a look at a component may find. */
    enum State {
        WORKS,
        FAILS,
        NOT_LOOKED_AT
    }

    static Component works(String name, String text) {
        return new Component(name, State.WORKS, text, "");
    }

    static Component fails(String name, String reason, String fix) {
        return new Component(name, State.FAILS, reason, fix);
    }

    static Component notLookedAt(String name, String because) {
        return new Component(name, State.NOT_LOOKED_AT, "not looked at: " + because, "");
    }

    boolean works() {
        return state == State.WORKS;
    }
}
