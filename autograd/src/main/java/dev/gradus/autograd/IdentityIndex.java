package dev.gradus.autograd;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A map by identity. While it has few keys it compares one by one, the newest first: the first
 * identity hash of an object is a call into the JVM, and a tape asks about tensors that are new.
 */
final class IdentityIndex<V> {
    private static final int FEW = 16;

    private final @Nullable Object[] keys = new Object[FEW];
    private final @Nullable Object[] values = new Object[FEW];
    private int size;

    /** Everything, once there are many. */
    private @Nullable Map<Object, V> many;

    @SuppressWarnings("unchecked")
    @Nullable V get(Object key) {
        if (many != null) {
            return many.get(key);
        }
        int at = find(key);
        return at < 0 ? null : (V) values[at];
    }

    private int find(Object key) {
        int at = size - 1;
        while (at >= 0 && keys[at] != key) {
            at--;
        }
        return at;
    }

    void put(Object key, V value) {
        if (many == null) {
            int at = find(key);
            if (at >= 0) {
                values[at] = value;
                return;
            }
            if (size < FEW) {
                keys[size] = key;
                values[size++] = value;
                return;
            }
            many = new IdentityHashMap<>();
            moveTo(many);
        }
        many.put(key, value);
    }

    @SuppressWarnings("unchecked")
    private void moveTo(Map<Object, V> map) {
        for (int i = 0; i < size; i++) {
            map.put(keys[i], (V) values[i]);
        }
        clearFew();
    }

    void clear() {
        many = null;
        clearFew();
    }

    private void clearFew() {
        Arrays.fill(keys, 0, size, null);
        Arrays.fill(values, 0, size, null);
        size = 0;
    }
}
