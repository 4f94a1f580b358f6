package dev.gradus.expr;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** All live nodes, held weakly: an expression that nobody uses any more is forgotten. */
final class Table {
    /** Arguments are compared by identity, which is their equality. */
    private record Key(Object kind, long value, List<Expr> args) {}

    private static final class Entry extends WeakReference<Expr> {
        private final Key key;

        Entry(Key key, Expr node) {
            super(node, QUEUE);
            this.key = key;
        }
    }

    private static final ReferenceQueue<Expr> QUEUE = new ReferenceQueue<>();
    private static final ConcurrentHashMap<Key, Entry> NODES = new ConcurrentHashMap<>();

    private Table() {}

    static Expr intern(Object kind, long value, List<Expr> args, Supplier<Expr> make) {
        for (Reference<?> dead = QUEUE.poll(); dead != null; dead = QUEUE.poll()) {
            Entry entry = (Entry) dead;
            NODES.remove(entry.key, entry);
        }
        Key key = new Key(kind, value, args);
        while (true) {
            Entry entry = NODES.get(key);
            Expr known = entry == null ? null : entry.get();
            if (known != null) {
                return known;
            }
            Expr made = make.get();
            Entry fresh = new Entry(key, made);
            boolean won =
                    entry == null
                            ? NODES.putIfAbsent(key, fresh) == null
                            : NODES.replace(key, entry, fresh);
            if (won) {
                return made;
            }
        }
    }
}
