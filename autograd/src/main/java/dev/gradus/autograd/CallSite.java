package dev.gradus.autograd;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/**
 * The line of a program that called into a class, for messages. Every tape and every optimizer step
 * notes one ({@link CallSites}), so it is kept as the JVM gives it; only a message pays for finding
 * the file and the line.
 */
public final class CallSite {
    /** The caller is a few frames away: asking for few at a time makes the walk cheaper. */
    private static final StackWalker WALKER =
            StackWalker.getInstance(Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE), 4);

    private static final Set<Class<?>> OWN = Set.of(CallSite.class, CallSites.class);

    /** Packages whose lines are no user's. */
    private static final Set<String> LIBRARY =
            Set.of("dev.gradus.tensor", "dev.gradus.autograd", "dev.gradus.nn", "dev.gradus.optim");

    private final StackWalker.StackFrame frame;
    private final boolean exact;

    private CallSite(StackWalker.StackFrame frame, boolean exact) {
        this.frame = frame;
        this.exact = exact;
    }

    /** The same, for a call that was not looked at. */
    CallSite roughly() {
        return new CallSite(frame, false);
    }

    /** The line that called into a class or its subclasses, which is on the stack now. */
    public static CallSite outside(Class<?> callee) {
        return outside(List.of(callee));
    }

    /** The same for classes that call one another. */
    static CallSite outside(List<Class<?>> callees) {
        return WALKER.walk(frames ->
                frames.dropWhile(f -> OWN.contains(f.getDeclaringClass()))
                        .dropWhile(f ->
                                callees.stream()
                                        .anyMatch(c -> c.isAssignableFrom(f.getDeclaringClass())))
                        .findFirst()
                        .map(f -> new CallSite(f, true))
                        .orElseThrow());
    }

    /** The innermost line that is not of Gradus; null if there is none. */
    static @Nullable CallSite ofUser() {
        return WALKER.walk(frames ->
                frames.dropWhile(f -> LIBRARY.contains(f.getDeclaringClass().getPackageName()))
                        .findFirst()
                        .map(f -> new CallSite(f, true))
                        .orElse(null));
    }

    /** As {@code Train.java:31}; of a call that was not looked at, with a remark. */
    @Override
    public String toString() {
        String line = frame.getFileName() + ":" + frame.getLineNumber();
        return exact
                ? line
                : line
                        + " or another line since (-Dgradus.lines=true looks each time, not every "
                        + CallSites.EVERY
                        + "th)";
    }
}
