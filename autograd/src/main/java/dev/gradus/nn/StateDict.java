package dev.gradus.nn;

import dev.gradus.autograd.Slot;
import dev.gradus.nn.Layer.Unmatched;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;
import dev.gradus.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model's tensors by name: which a file has for which slots, and both ways between them. */
final class StateDict {
    /** Lines of one kind in a message. */
    private static final int SHOWN = 20;

    private StateDict() {}

    // ------------------------------------------------------------------ names

    /** A tensor of a file: that of one slot, or of several along axis 0; matrices as told. */
    private record Item(String name, List<? extends Slot> slots, boolean transposed) {
        Shape shape() {
            int[] dims = slots.getFirst().value().shape().toArray();
            if (transposed) {
                dims = new int[] {dims[1], dims[0]};
            }
            if (slots.size() > 1) {
                dims[0] *= slots.size();
            }
            return Shape.of(dims);
        }

        DType dtype() {
            return slots.getFirst().value().dtype();
        }

        /** What the slots hold, as the file has it. */
        Tensor toFile() {
            // Constants: an open tape has no part in this.
            Tensor[] parts =
                    slots.stream()
                            .map(slot -> turned(slot.value().detach()))
                            .toArray(Tensor[]::new);
            return parts.length == 1 ? parts[0] : Tensor.concat(0, parts);
        }

        /** What slot i is to hold. */
        Tensor part(Tensor whole, int i) {
            int rows = whole.ndim() == 0 ? 0 : whole.size(0) / slots.size();
            return turned(
                    slots.size() == 1 ? whole : whole.slice(Slice.range(i * rows, (i + 1) * rows)));
        }

        private Tensor turned(Tensor matrix) {
            return transposed ? matrix.t() : matrix;
        }
    }

    private static List<Item> items(Layer model, Naming naming) {
        List<Item> items = new ArrayList<>();
        switch (naming) {
            case GRADUS ->
                    model.slots()
                            .forEach((path, slot) ->
                                    items.add(new Item(path, List.of(slot), false)));
            case PYTORCH -> collect(model, "", items);
        }
        return items;
    }

    private static void collect(Layer layer, String path, List<Item> into) {
        if (layer instanceof MultiHeadAttention attention) {
            List<Linear> in = attention.inputs();
            into.add(
                    new Item(
                            path + "in_proj_weight",
                            in.stream().map(Linear::weight).toList(),
                            true));
            into.add(
                    new Item(path + "in_proj_bias", in.stream().map(Linear::bias).toList(), false));
            collect(attention.output(), path + "out_proj.", into);
            return;
        }
        layer.own()
                .forEach((name, slot) -> {
                    boolean transposed = layer instanceof Linear && name.equals("weight");
                    into.add(new Item(path + slotName(layer, name), List.of(slot), transposed));
                });
        layer.children()
                .forEach((name, child) -> collect(child, path + childPath(layer, name), into));
    }

    private static String slotName(Layer layer, String name) {
        if (layer instanceof BatchNorm) {
            return switch (name) {
                case "runningMean" -> "running_mean";
                case "runningVar" -> "running_var";
                default -> name;
            };
        }
        return name;
    }

    private static String childPath(Layer layer, String name) {
        if (layer instanceof TransformerBlock) {
            return switch (name) {
                case "attention" -> "self_attn.";
                case "feedForward" -> "";
                default -> name + ".";
            };
        }
        return name + ".";
    }

    // ------------------------------------------------------------------ both ways

    static Map<String, Tensor> of(Layer model, Naming naming) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        items(model, naming).forEach(item -> tensors.put(item.name, item.toFile()));
        return tensors;
    }

    /**
     * Gives slots their tensors, all that match or none.
     *
     * @param source where the tensors are from, for a message
     */
    static Unmatched load(
            Layer model,
            Map<String, Tensor> tensors,
            Naming naming,
            boolean strict,
            String source) {
        List<Item> items = items(model, naming);
        Set<String> unexpected = new LinkedHashSet<>(tensors.keySet());
        List<String> misfits = new ArrayList<>();
        Map<Slot, Tensor> next = new LinkedHashMap<>();
        for (Item item : items) {
            Tensor tensor = tensors.get(item.name);
            unexpected.remove(item.name);
            if (naming == Naming.PYTORCH && item.name.endsWith("running_mean")) {
                // A count of batches that PyTorch keeps beside its statistics; nothing needs it.
                unexpected.remove(item.name.replaceFirst("running_mean$", "num_batches_tracked"));
            }
            if (tensor != null) {
                stage(item, tensor, next, misfits);
            }
        }
        List<Item> missing =
                items.stream().filter(item -> !next.keySet().containsAll(item.slots)).toList();
        missing = missing.stream().filter(item -> !tensors.containsKey(item.name)).toList();
        List<String> missingNames = missing.stream().map(Item::name).toList();
        if (!misfits.isEmpty() || (strict && !(missing.isEmpty() && unexpected.isEmpty()))) {
            var text = new StringBuilder(source).append(" does not fit the model");
            text.append(", which is unchanged");
            list(text, "missing", missing.stream().map(i -> i.name + " " + i.shape()).toList());
            list(
                    text,
                    "unexpected",
                    unexpected.stream().map(n -> n + " " + shape(tensors, n)).toList());
            list(text, "another shape or dtype", misfits);
            throw new IllegalArgumentException(text + hint(model, tensors, naming));
        }
        Slot.setAll(next);
        return new Unmatched(missingNames, List.copyOf(unexpected));
    }

    /** Notes what the slots of an item are to hold, or why they cannot. */
    private static void stage(
            Item item, Tensor tensor, Map<Slot, Tensor> next, List<String> misfits) {
        boolean sameKind = item.dtype().isFloating() == tensor.dtype().isFloating();
        if (!sameKind || !item.shape().equals(tensor.shape())) {
            misfits.add(
                    item.name
                            + " must be "
                            + item.shape()
                            + (sameKind ? "" : " of " + item.dtype())
                            + ", not "
                            + tensor.shape()
                            + (sameKind ? "" : " of " + tensor.dtype()));
            return;
        }
        Tensor constant = tensor.detach().to(item.dtype());
        for (int i = 0; i < item.slots.size(); i++) {
            Tensor part = item.part(constant, i);
            Tensor other = next.put(item.slots.get(i), part);
            if (other != null && !Arrays.equals(other.toArray(), part.toArray())) {
                misfits.add(
                        item.name
                                + " differs from another tensor of the file, and the model has one"
                                + " slot under both names");
            }
        }
    }

    private static String shape(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? "" : tensor.shape().toString();
    }

    private static void list(StringBuilder text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("\n  ").append(title).append(":");
            lines.stream().limit(SHOWN).forEach(line -> text.append("\n    ").append(line));
            if (lines.size() > SHOWN) {
                text.append("\n    … and ").append(lines.size() - SHOWN).append(" more");
            }
        }
    }

    /** Whether the other naming would fit at once. */
    private static String hint(Layer model, Map<String, Tensor> tensors, Naming naming) {
        for (Naming other : Naming.values()) {
            List<Item> items = items(model, other);
            if (other != naming
                    && items.stream()
                            .allMatch(i -> shape(tensors, i.name).equals(i.shape().toString()))) {
                return "\n  Naming." + other + " would fit";
            }
        }
        return "";
    }
}
