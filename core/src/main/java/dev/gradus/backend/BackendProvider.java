package dev.gradus.backend;

/**
 * How a jar offers a backend: found by {@link java.util.ServiceLoader}, asked before it is made.
 */
public interface BackendProvider {
    /** The backend's name. */
    String name();

    /** Among those that can run, the one with the highest priority is the default. */
    int priority();

    /** Empty if the backend can run here, else one line: the reason and the fix. */
    String unavailableBecause();

    /** The backend; called once. */
    Backend create();
}
