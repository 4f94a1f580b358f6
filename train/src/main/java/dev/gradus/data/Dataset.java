package dev.gradus.data;

/** A numbered collection of samples, such as the images and labels of digits. */
public interface Dataset {
    /** How many samples there are. */
    int size();

    /**
     * The samples with these numbers, in this order, as one batch. May be called from another
     * thread than the one that trains, and must be safe to call from several at once if several
     * loaders share it.
     *
     * @throws IndexOutOfBoundsException if a number is not in 0 … size − 1
     */
    Batch get(int... indices);
}
