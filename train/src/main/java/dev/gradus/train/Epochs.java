package dev.gradus.train;

import dev.gradus.data.DataLoader;

import java.util.Collection;
import java.util.Iterator;

/**
 * Where the batches of each epoch come from. A {@link DataLoader} is one; for data of one's own,
 * such as random windows of a text, it is a function that gives the same batches for the same epoch
 * whenever it is asked: then a training can go on in the middle of an epoch.
 *
 * @param <B> what a batch is
 */
@FunctionalInterface
public interface Epochs<B> {
    /**
     * The batches of one epoch after the first few. An iterator that is an {@link AutoCloseable} is
     * closed.
     *
     * @param epoch 0, 1, …
     * @param skip how many batches to leave out
     */
    Iterator<B> batches(int epoch, int skip);

    /** How many batches each epoch has, or −1 if that is not known: what is left is a guess. */
    default int batchesPerEpoch() {
        return -1;
    }

    /**
     * Of a {@link DataLoader} its epochs, which differ if it shuffles; of anything else the same
     * batches in each.
     */
    static <B> Epochs<B> of(Iterable<B> data) {
        return new Epochs<>() {
            @Override
            @SuppressWarnings("unchecked") // a loader that is an Iterable<B> gives B
            public Iterator<B> batches(int epoch, int skip) {
                if (data instanceof DataLoader loader) {
                    return (Iterator<B>) loader.batches(epoch, skip);
                }
                Iterator<B> all = data.iterator();
                for (int i = 0; i < skip && all.hasNext(); i++) {
                    all.next();
                }
                return all;
            }

            @Override
            public int batchesPerEpoch() {
                return data instanceof DataLoader loader
                        ? loader.batchesPerEpoch()
                        : data instanceof Collection<?> all ? all.size() : -1;
            }
        };
    }

    /** Ends the thread that makes batches ahead, if there is one. */
    static void close(Iterator<?> batches) {
        if (batches instanceof AutoCloseable open) {
            try {
                open.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("the batches of an epoch can't be closed", e);
            }
        }
    }
}
