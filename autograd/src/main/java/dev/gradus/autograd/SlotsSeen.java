package dev.gradus.autograd;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What slots held when the function of a checkpoint first used them. When the function runs again,
 * they hold the same, and what it writes goes here instead of into the slots: so a batch norm's
 * statistics move once, and a parameter that was set since then has its former value.
 */
final class SlotsSeen {
    private final Map<Slot, Tensor> values = new IdentityHashMap<>();
    private final boolean again;

    private SlotsSeen(boolean again) {
        this.again = again;
    }

    /** For the first run: nothing seen yet. */
    static SlotsSeen first() {
        return new SlotsSeen(false);
    }

    /** For another run, each with its own writes. */
    SlotsSeen forAnotherRun() {
        var copy = new SlotsSeen(true);
        copy.values.putAll(values);
        return copy;
    }

    /** Whether the function is running again. */
    boolean again() {
        return again;
    }

    /** What a slot, which now holds a value, holds for the function that is running. */
    static Tensor read(@Nullable Tape current, Slot slot, Tensor now) {
        SlotsSeen rerun = rerun(current);
        Tensor value = rerun == null ? now : rerun.values.get(slot);
        if (value == null) {
            throw new IllegalStateException(
                    "the function uses `"
                            + slot.name()
                            + "` when it runs again, which it did not at first; it must do the same"
                            + " each time");
        }
        note(current, slot, value);
        return value;
    }

    /** Whether a value was taken here, so that the slot stays as it is. */
    static boolean write(Slot slot, Tensor now, Tensor next) {
        Tape current = Tape.current();
        SlotsSeen rerun = rerun(current);
        note(current, slot, rerun == null ? now : rerun.values.getOrDefault(slot, now));
        if (rerun == null) {
            return false;
        }
        rerun.values.put(slot, next);
        return true;
    }

    /** The innermost function that is running again. */
    private static @Nullable SlotsSeen rerun(@Nullable Tape current) {
        for (Tape t = current; t != null; t = t.outer()) {
            SlotsSeen seen = t.slotsSeen();
            if (seen != null && seen.again) {
                return seen;
            }
        }
        return null;
    }

    /** Tells the functions that run for the first time, inside the one that runs again, if any. */
    private static void note(@Nullable Tape current, Slot slot, Tensor value) {
        for (Tape t = current; t != null; t = t.outer()) {
            SlotsSeen seen = t.slotsSeen();
            if (seen != null && seen.again) {
                return;
            }
            if (seen != null) {
                seen.values.putIfAbsent(slot, value);
            }
        }
    }
}
