package dev.gradus.backend;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The backends on the class path, and the one that new tensors go to. */
public final class Backends {
    private static final Map<String, BackendProvider> PROVIDERS = new TreeMap<>();
    private static final Map<String, Backend> CREATED = new TreeMap<>();
    private static volatile @Nullable Backend current;

    static {
        for (BackendProvider p : ServiceLoader.load(BackendProvider.class)) {
            PROVIDERS.put(p.name(), p);
        }
    }

    private Backends() {}

    private static String best() {
        BackendProvider best = null;
        for (BackendProvider p : PROVIDERS.values()) {
            if (p.unavailableBecause().isEmpty()
                    && (best == null || p.priority() > best.priority())) {
                best = p;
            }
        }
        if (best == null) {
            throw new IllegalStateException("no backend can run here: " + describe());
        }
        return best.name();
    }

    /**
     * The backend of tensors that are made from now on, in every thread: what {@link #use} said, or
     * {@code -Dgradus.backend=NAME}, or the best that can run here.
     */
    public static Backend current() {
        Backend backend = current;
        return backend != null ? backend : use(System.getProperty("gradus.backend", best()));
    }

    /**
     * Makes a backend the current one.
     *
     * @throws IllegalArgumentException if there is none of that name, or it cannot run here; lists
     *     those present, and why the others are not
     */
    public static Backend use(String name) {
        Backend backend = get(name);
        current = backend;
        return backend;
    }

    /**
     * A backend by name.
     *
     * @throws IllegalArgumentException as {@link #use}
     */
    public static synchronized Backend get(String name) {
        BackendProvider p = PROVIDERS.get(name);
        if (p == null || !p.unavailableBecause().isEmpty()) {
            throw new IllegalArgumentException(
                    "backend \"" + name + "\" is not available here; " + describe());
        }
        return CREATED.computeIfAbsent(name, n -> p.create());
    }

    /** The names of the backends that can run here. */
    public static List<String> available() {
        List<String> names = new ArrayList<>();
        PROVIDERS.forEach((name, p) -> {
            if (p.unavailableBecause().isEmpty()) {
                names.add(name);
            }
        });
        return names;
    }

    private static String describe() {
        var text = new StringBuilder("available: ").append(String.join(", ", available()));
        PROVIDERS.forEach((name, p) -> {
            if (!p.unavailableBecause().isEmpty()) {
                text.append("; ").append(name).append(": ").append(p.unavailableBecause());
            }
        });
        if (!PROVIDERS.containsKey("cuda")) {
            text.append("; cuda: no such backend on the class path");
        }
        return text.toString();
    }
}
