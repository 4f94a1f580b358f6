package dev.gradus.train;

import dev.gradus.autograd.Slot;
import dev.gradus.io.SafeTensors;
import dev.gradus.nn.Layer;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.ParameterGroup;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * All that a training needs to go on as if nothing had happened: every slot of the model and of the
 * optimizer, learning rates, the state of the random numbers, step, epoch and position in it, the
 * reports so far. One file in the safetensors format, with slots as {@code model.PATH} and {@code
 * optimizer.NAME}, everything else in its metadata, and a checksum over both.
 */
public final class Checkpoint {
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String CHECKSUM = "crc32c";

    /** Raised when a file of an older form cannot be read as it is. */
    private static final String FORMAT = "1";

    private final String source;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private Checkpoint(String source, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.source = source;
        this.tensors = tensors;
        this.metadata = metadata;
    }

    // ------------------------------------------------------------------ writing

    /** Of this moment. It sees the slots' values, and so must be saved before they change. */
    static Checkpoint of(Layer model, Optimizer optimizer, TrainingState state) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        slots(model, optimizer).forEach((name, slot) -> tensors.put(name, slot.value()));
        Map<String, String> metadata = new LinkedHashMap<>(state.toMetadata());
        metadata.put("gradus.checkpoint", FORMAT);
        metadata.put("optimizer", optimizer.getClass().getName());
        metadata.put("groups", groups(optimizer));
        metadata.put("learningRateFactor", String.valueOf(optimizer.learningRateFactor()));
        metadata.put("seed", String.valueOf(Generator.current().seed()));
        metadata.put("position", String.valueOf(Generator.current().position()));
        return new Checkpoint("this training", tensors, metadata);
    }

    /** Learning rate and weight decay of each group. */
    private static String groups(Optimizer optimizer) {
        return optimizer.groups().stream()
                .map(group -> group.learningRate() + " " + group.weightDecay())
                .collect(Collectors.joining("\n"));
    }

    /** All there is to save, each slot once: one that two layers share is under its first path. */
    private static Map<String, Slot> slots(Layer model, @Nullable Optimizer optimizer) {
        Map<String, Slot> all = new LinkedHashMap<>();
        Map<Slot, String> seen = new IdentityHashMap<>();
        model.slots()
                .forEach((path, slot) -> {
                    if (seen.putIfAbsent(slot, path) == null) {
                        all.put(MODEL + path, slot);
                    }
                });
        if (optimizer != null) {
            optimizer.slots().forEach((name, slot) -> all.put(OPTIMIZER + name, slot));
        }
        return all;
    }

    /** Writes it beside, and renames it when all of it is on the disk. */
    void save(Path file) throws IOException {
        Map<String, String> sealed = new LinkedHashMap<>(metadata);
        sealed.put(CHECKSUM, checksum(tensors, metadata));
        SafeTensors.save(file, tensors, sealed);
    }

    /** Over names, types, shapes and bits of the tensors, and over the metadata but itself. */
    private static String checksum(Map<String, Tensor> tensors, Map<String, String> metadata) {
        var crc = new CRC32C();
        new TreeMap<>(metadata)
                .forEach((key, value) -> {
                    if (!key.equals(CHECKSUM)) {
                        update(crc, key + "\0" + value);
                    }
                });
        new TreeMap<>(tensors)
                .forEach((name, t) -> {
                    update(crc, name + "\0" + t.dtype() + t.shape());
                    crc.update(bits(t).rewind());
                });
        return Long.toHexString(crc.getValue());
    }

    private static void update(CRC32C crc, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        crc.update(bytes);
    }

    private static ByteBuffer bits(Tensor t) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(t.size(), t.dtype().itemSize()));
        switch (t.dtype()) {
            case FLOAT32 -> bytes.asFloatBuffer().put(t.toFloatArray());
            case FLOAT64 -> bytes.asDoubleBuffer().put(t.toArray());
            case INT32 -> bytes.asIntBuffer().put(t.toIntArray());
        }
        return bytes;
    }

    // ------------------------------------------------------------------ reading

    /**
     * Reads and checks a checkpoint.
     *
     * @throws IOException if it cannot be read, is damaged, or no checkpoint of this version
     */
    public static Checkpoint read(Path file) throws IOException {
        try {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Map<String, String> metadata;
            try (var open = SafeTensors.open(file)) {
                metadata = new LinkedHashMap<>(open.metadata());
                String format = metadata.get("gradus.checkpoint");
                if (!FORMAT.equals(format)) {
                    throw new IOException(
                            file
                                    + (format == null
                                            ? " is no checkpoint of a training; a model's weights"
                                                    + " are read by model.load"
                                            : " is a checkpoint of the form "
                                                    + format
                                                    + "; this version reads form "
                                                    + FORMAT));
                }
                for (String name : open.names()) {
                    tensors.put(name, open.tensor(name));
                }
            }
            String expected = TrainingState.text(metadata, CHECKSUM);
            String actual = checksum(tensors, metadata);
            if (!actual.equals(expected)) {
                throw new IOException(
                        "%s is damaged: its checksum is %s, and should be %s"
                                .formatted(file, actual, expected));
            }
            var checkpoint = new Checkpoint(file.toString(), tensors, metadata);
            checkpoint.state(); // there and readable
            return checkpoint;
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** How many updates there had been. */
    public int step() {
        return Integer.parseInt(TrainingState.text(metadata, "step"));
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    TrainingState state() {
        return TrainingState.of(metadata);
    }

    double learningRateFactor() {
        return Double.parseDouble(TrainingState.text(metadata, "learningRateFactor"));
    }

    /** Puts the random numbers where they were. */
    void restoreGenerator() {
        Generator.current()
                .resume(
                        Long.parseLong(TrainingState.text(metadata, "seed")),
                        Long.parseLong(TrainingState.text(metadata, "position")));
    }

    /**
     * Gives a model the values it had: what a program needs that uses it and trains no further.
     *
     * @throws IllegalArgumentException if it is another architecture: lists all differences, and
     *     nothing is changed
     */
    public void restore(Layer model) {
        restore(model, null);
    }

    /** Model and optimizer; the learning rates and weight decays of its groups too. */
    void restore(Layer model, @Nullable Optimizer optimizer) {
        Map<String, Slot> slots = slots(model, optimizer);
        List<String> differences = differences(slots, optimizer);
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s does not fit this program, and nothing was changed:%n  %s"
                            .formatted(
                                    source,
                                    String.join(System.lineSeparator() + "  ", differences)));
        }
        slots.forEach((name, slot) -> {
            Tensor value = tensors.get(name);
            if (value != null) {
                slot.set(value.to(slot.value().backend()));
            }
        });
        if (optimizer != null) {
            List<ParameterGroup> groups = optimizer.groups();
            String[] numbers = TrainingState.text(metadata, "groups").split("\n", -1);
            for (int i = 0; i < numbers.length; i++) {
                String[] pair = numbers[i].split(" ", -1);
                groups.get(i).setLearningRate(Double.parseDouble(pair[0]));
                groups.get(i).setWeightDecay(Double.parseDouble(pair[1]));
            }
        }
    }

    private List<String> differences(Map<String, Slot> slots, @Nullable Optimizer optimizer) {
        List<String> all = new ArrayList<>();
        if (optimizer != null) {
            String saved = TrainingState.text(metadata, "optimizer");
            String mine = optimizer.getClass().getName();
            if (!saved.equals(mine)) {
                all.add("the optimizer is " + saved + " in the file and " + mine + " here");
            }
            int groups = TrainingState.text(metadata, "groups").split("\n", -1).length;
            if (groups != optimizer.groups().size()) {
                all.add(
                        "groups of parameters: %d in the file and %d here"
                                .formatted(groups, optimizer.groups().size()));
            }
        }
        slots.forEach((name, slot) -> {
            Tensor saved = tensors.get(name);
            String mine = describe(slot.value());
            if (saved == null) {
                all.add(name + ": not in the file; here " + mine);
            } else if (!describe(saved).equals(mine)) {
                all.add(name + ": " + describe(saved) + " in the file and " + mine + " here");
            }
        });
        tensors.forEach((name, saved) -> {
            if (!slots.containsKey(name) && (optimizer != null || name.startsWith(MODEL))) {
                all.add(name + ": " + describe(saved) + " in the file; not here");
            }
        });
        return all;
    }

    private static String describe(Tensor t) {
        return t.dtype() + " " + t.shape();
    }
}
