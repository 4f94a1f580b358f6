package dev.gradus.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How a training was doing at one point.
 *
 * @param step how many updates there have been
 * @param epoch the running one, or the one that just ended: 1, 2, …
 * @param values by name: {@code trainLoss}, the mean over the samples since the report before;
 *     {@code valLoss} and the metrics, if there is validation; {@code learningRate}, that of the
 *     last update; {@code seconds}, how long the training has taken, all its parts together
 */
public record Report(int step, int epoch, Map<String, Double> values) {
    /** So that a name is a column of a CSV file and a key of JSON as it stands. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.@-]+");

    /** A copy of the values, in their order. */
    public Report {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * The value of that name.
     *
     * @throws IllegalArgumentException if there is none; lists those there are
     */
    public double of(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "a report has no \"" + name + "\"; it has " + values.keySet());
        }
        return value;
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is no name for a metric: it may have the letters a-z and A-Z, digits and _ . @ -"
                            .formatted(name));
        }
    }

    /** As {@code step=120 epoch=3 trainLoss=0.25}; {@link #parse} reads it back, bit for bit. */
    @Override
    public String toString() {
        var text = new StringBuilder("step=" + step + " epoch=" + epoch);
        values.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append((double) value));
        return text.toString();
    }

    /** Reads what {@link #toString} wrote. */
    static Report parse(String text) {
        Map<String, Double> values = new LinkedHashMap<>();
        int step = 0;
        int epoch = 0;
        for (String part : text.split(" ", -1)) {
            int at = part.indexOf('=');
            if (at < 0) {
                throw new IllegalArgumentException("\"" + part + "\" is not name=value");
            }
            String name = part.substring(0, at);
            String value = part.substring(at + 1);
            switch (name) {
                case "step" -> step = Integer.parseInt(value);
                case "epoch" -> epoch = Integer.parseInt(value);
                default -> values.put(name, Double.valueOf(value));
            }
        }
        return new Report(step, epoch, values);
    }
}
