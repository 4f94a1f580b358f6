package dev.gradus.examples;

import dev.gradus.data.Csv;
import dev.gradus.data.Table;
import dev.gradus.data.TensorDataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The data sets that come with the examples; {@code DATA.md} beside them has their sources. */
public final class BundledData {
    private BundledData() {}

    /**
     * 1797 hand-written digits (Alpaydin and Kaynak, 1998): inputs {@code [1797, 64]}, pixels of 0
     * … 16, and targets {@code [1797]}, the digit as INT32.
     */
    public static TensorDataset digits() {
        Table table = read(Csv.withoutHeader(), "digits.csv.gz");
        String last = table.columns().getLast();
        return new TensorDataset(table.numbersBut(last), table.labels(last).indices());
    }

    /**
     * 150 irises (Fisher, 1936): inputs {@code [150, 4]}, the length and width of sepals and petals
     * in cm, and targets {@code [150]}, the species as INT32: setosa, versicolor, virginica.
     */
    public static TensorDataset iris() {
        // The first line has counts and the names of the species in place of the columns'.
        Table table = read(Csv.withHeader(), "iris.csv");
        String last = table.columns().getLast();
        return new TensorDataset(table.numbersBut(last), table.labels(last).indices());
    }

    private static Table read(Csv csv, String name) {
        try (InputStream in = BundledData.class.getResourceAsStream(name)) {
            return csv.read(Objects.requireNonNull(in, name), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
