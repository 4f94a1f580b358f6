package dev.gradus.backend;

import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

/** A buffer seen through a layout: what a backend's methods read and write. */
public record View(Buffer buffer, Layout layout) {
    /** The type of the elements. */
    public DType dtype() {
        return buffer.dtype();
    }

    /** The shape. */
    public Shape shape() {
        return layout.shape();
    }

    /** The same elements through another layout. */
    public View with(Layout other) {
        return new View(buffer, other);
    }
}
