package dev.gradus.backend;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

    /** Asks in the order of priority and no further: to ask a provider may cost a second. */
    static String best(Collection<BackendProvider> providers) {
        var reasons = new StringBuilder();
        List<BackendProvider> sorted = new ArrayList<>(providers);
        sorted.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
        for (BackendProvider p : sorted) {
            String reason = p.unavailableBecause();
            if (reason.isEmpty()) {
                return p.name();
            }
            reasons.append("; ").append(p.name()).append(": ").append(reason);
        }
        throw new IllegalStateException("no backend can run here" + reasons);
    }

    /**
     * The backend of tensors that are made from now on, in every thread: what {@link #use} said, or
     * {@code -Dgradus.backend=NAME}, or the best that can run here.
     */
    public static Backend current() {
        Backend backend = current;
        if (backend != null) {
            return backend;
        }
        String asked = System.getProperty("gradus.backend");
        return use(asked != null ? asked : best(PROVIDERS.values()));
    }

    /**
     * Makes a backend the current one.
     *
     * @throws IllegalArgumentException if there is none of that name, and lists those present; or
     *     if it cannot run here, and says why and what to do
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
        if (p == null) {
            throw new IllegalArgumentException(
                    "there is no backend \""
                            + name
                            + "\"; there are "
                            + String.join(", ", PROVIDERS.keySet())
                            + (PROVIDERS.containsKey("cuda")
                                    ? ""
                                    : ", and cuda with the dependency dev.gradus:gradus-cuda"));
        }
        String reason = p.unavailableBecause();
        if (!reason.isEmpty()) {
            throw new IllegalArgumentException(
                    "backend \"" + name + "\" cannot run here: " + reason);
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
}
