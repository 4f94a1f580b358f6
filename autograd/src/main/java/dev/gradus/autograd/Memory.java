package dev.gradus.autograd;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The memory that a tape gives back: what was recorded when the tape closes, what the backward pass
 * made as soon as nothing in the pass needs it.
 */
final class Memory {
    /** One buffer; it is the owner that the buffer names. */
    private static final class Block {
        private Memory memory;
        private final Backend backend;
        private final Buffer buffer;

        /** Whether a backward pass made it, which counts who still needs it. */
        private boolean temporary;

        private int uses;
        private boolean released;

        Block(Memory memory, Backend backend, Buffer buffer, boolean temporary) {
            this.memory = memory;
            this.backend = backend;
            this.buffer = buffer;
            this.temporary = temporary;
        }

        long bytes() {
            return (long) buffer.size() * buffer.dtype().itemSize();
        }

        @Override
        public String toString() {
            return memory.tape.toString();
        }
    }

    private final Tape tape;
    private final List<Block> blocks = new ArrayList<>();
    private long bytes;
    private long peak;

    Memory(Tape tape) {
        this.tape = tape;
    }

    /** The tape whose memory names itself as an owner, or null if that is none. */
    static @Nullable Tape tapeOf(@Nullable Object owner) {
        return owner instanceof Block b ? b.memory.tape : null;
    }

    /** The most bytes there were at once. */
    long peak() {
        return peak;
    }

    /** Takes a tensor's memory, unless it has an owner. */
    void own(Tensor t, boolean temporary) {
        Buffer buffer = t.view().buffer();
        if (buffer.owner() == null) {
            Block block = new Block(this, t.backend(), buffer, temporary);
            buffer.setOwner(block);
            add(block);
        }
    }

    private void add(Block block) {
        blocks.add(block);
        bytes += block.bytes();
        peak = Math.max(peak, bytes);
    }

    /** Where the next block will be. */
    int mark() {
        return blocks.size();
    }

    /** One more in the backward pass needs a tensor. */
    void hold(Tensor t) {
        Block block = temporary(t);
        if (block != null) {
            block.uses++;
        }
    }

    /** One in the backward pass needs it no more: the last one gives it back. */
    void drop(Tensor t) {
        Block block = temporary(t);
        if (block != null && --block.uses == 0) {
            release(block, () -> "was given back when the backward pass had used it");
        }
    }

    /** Gives back what was made since a mark and is needed by nobody. */
    void sweep(int mark) {
        for (int i = mark; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.uses == 0 && !block.released) {
                release(block, () -> "was given back after the operation that used it");
            }
        }
        compact(mark);
    }

    private @Nullable Block temporary(Tensor t) {
        Object owner = t.view().buffer().owner();
        return owner instanceof Block b && b.memory == this && b.temporary ? b : null;
    }

    private void release(Block block, Supplier<String> because) {
        block.released = true;
        bytes -= block.bytes();
        block.buffer.invalidate(because);
        block.backend.release(block.buffer);
    }

    private void take(Block block, boolean inBackward) {
        block.memory = this;
        block.temporary = inBackward;
        block.uses = 0;
        add(block);
    }

    /** Hands a tensor's memory, if it is here, to an outer tape's, before the rest closes. */
    void leave(Tensor t, Memory outer, boolean inBackward) {
        outer.peak = Math.max(outer.peak, outer.bytes + peak);
        Object owner = t.view().buffer().owner();
        if (owner instanceof Block b && b.memory == this && !b.released) {
            blocks.remove(b);
            bytes -= b.bytes();
            outer.take(b, inBackward);
        }
    }

    /** Forgets what was given back already, from a mark on. */
    void compact(int mark) {
        int kept = mark;
        for (int i = mark; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (!block.released) {
                blocks.set(kept++, block);
            }
        }
        while (blocks.size() > kept) {
            blocks.removeLast();
        }
    }

    /**
     * Gives everything back, or hands it to an outer tape's memory.
     *
     * @param inBackward whether the outer tape's backward pass goes on, which then decides what it
     *     still needs
     */
    void close(@Nullable Memory outer, boolean inBackward) {
        if (outer != null) {
            outer.peak = Math.max(outer.peak, outer.bytes + peak);
        }
        Supplier<String> because = () -> "was given back when " + tape + " closed";
        for (Block block : blocks) {
            if (block.released) {
                continue;
            }
            if (outer == null) {
                release(block, because);
            } else {
                outer.take(block, inBackward);
            }
        }
        blocks.clear();
    }
}
