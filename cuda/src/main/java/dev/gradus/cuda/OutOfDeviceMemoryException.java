package dev.gradus.cuda;

/**
 * The device has no memory left. Nothing was lost: the operation did not take place, and the next
 * one works once something was given back.
 */
public final class OutOfDeviceMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfDeviceMemoryException(String message) {
        super(message);
    }
}
