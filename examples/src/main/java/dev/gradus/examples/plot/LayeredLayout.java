package dev.gradus.examples.plot;

import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Places the boxes of a directed graph without cycles in layers, inputs above results, after
 * Sugiyama, Tagawa and Toda (1981): each box one layer below its lowest input; edges over several
 * layers pass through a point in each; within a layer the order is that of the neighbours' mean
 * (barycentre), swept down and up; then boxes move as close to their neighbours as they fit.
 */
final class LayeredLayout {
    private static final int SWEEPS = 12;
    private static final double BETWEEN_BOXES = 24;
    private static final double BETWEEN_LAYERS = 46;

    /** Between the tips of two arrows at one box. */
    private static final double BETWEEN_ARROWS = 18;

    /** A box, or a point of width 0 that an edge passes. */
    private static final class Place {
        final double width;
        final double height;
        final List<Place> above = new ArrayList<>();
        final List<Place> below = new ArrayList<>();
        int layer;
        double x;
        double y;

        Place(double width, double height) {
            this.width = width;
            this.height = height;
        }

        boolean isBox() {
            return height > 0;
        }
    }

    /** The middle of a box, and its size. */
    record Box(double x, double y, double width, double height) {}

    private final List<Place> boxes = new ArrayList<>();
    private final List<List<Place>> layers = new ArrayList<>();
    private double[] tops = {};
    private double[] bottoms = {};

    /** Each from a box over points to a box. */
    private final List<List<Place>> edges = new ArrayList<>();

    /**
     * A layout.
     *
     * @param inputs of each box, by index; smaller than its own
     * @param sizes of the boxes: width, height
     */
    LayeredLayout(List<List<Integer>> inputs, List<double[]> sizes) {
        for (double[] size : sizes) {
            boxes.add(new Place(size[0], size[1]));
        }
        assignLayers(inputs);
        boxes.forEach(this::addToLayer);
        for (int i = 0; i < boxes.size(); i++) {
            for (int input : inputs.get(i).stream().distinct().toList()) {
                connect(boxes.get(input), boxes.get(i));
            }
        }
        order();
        placeAcross();
        placeDown();
    }

    private void assignLayers(List<List<Integer>> inputs) {
        int[] firstUse = new int[boxes.size()];
        Arrays.fill(firstUse, Integer.MAX_VALUE);
        for (int i = 0; i < boxes.size(); i++) {
            Place box = boxes.get(i);
            for (int input : inputs.get(i)) {
                box.layer = Math.max(box.layer, boxes.get(input).layer + 1);
            }
            for (int input : inputs.get(i)) {
                firstUse[input] = Math.min(firstUse[input], box.layer);
            }
        }
        // A leaf belongs beside what it is used with, not at the very top.
        for (int i = 0; i < boxes.size(); i++) {
            if (inputs.get(i).isEmpty() && firstUse[i] != Integer.MAX_VALUE) {
                boxes.get(i).layer = firstUse[i] - 1;
            }
        }
    }

    private void addToLayer(Place place) {
        while (layers.size() <= place.layer) {
            layers.add(new ArrayList<>());
        }
        layers.get(place.layer).add(place);
    }

    private void connect(Place from, Place to) {
        List<Place> edge = new ArrayList<>(List.of(from));
        for (int layer = from.layer + 1; layer < to.layer; layer++) {
            Place point = new Place(0, 0);
            point.layer = layer;
            addToLayer(point);
            edge.add(point);
        }
        edge.add(to);
        for (int i = 1; i < edge.size(); i++) {
            edge.get(i - 1).below.add(edge.get(i));
            edge.get(i).above.add(edge.get(i - 1));
        }
        edges.add(edge);
    }

    // ------------------------------------------------------------------ order in a layer

    private void order() {
        layers.forEach(LayeredLayout::number);
        List<List<Place>> best = copy();
        int fewest = crossings();
        for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
            boolean down = sweep % 2 == 0;
            for (List<Place> layer : down ? layers : layers.reversed()) {
                sort(layer, place -> down ? place.above : place.below);
            }
            int crossings = crossings();
            if (crossings < fewest) {
                fewest = crossings;
                best = copy();
            }
        }
        layers.clear();
        layers.addAll(best);
    }

    private List<List<Place>> copy() {
        return layers.stream().<List<Place>>map(ArrayList::new).toList();
    }

    private static void number(List<Place> layer) {
        for (int i = 0; i < layer.size(); i++) {
            layer.get(i).x = i;
        }
    }

    private static void sort(List<Place> layer, Function<Place, List<Place>> neighbours) {
        ToDoubleFunction<Place> mean = place -> mean(neighbours.apply(place), place.x);
        layer.sort(Comparator.comparingDouble(mean));
        number(layer);
    }

    private static double mean(List<Place> places, double ifNone) {
        return places.stream().mapToDouble(p -> p.x).average().orElse(ifNone);
    }

    private int crossings() {
        int count = 0;
        for (List<Place> layer : layers) {
            number(layer);
        }
        for (List<Place> layer : layers) {
            for (int i = 0; i < layer.size(); i++) {
                for (int k = i + 1; k < layer.size(); k++) {
                    for (Place left : layer.get(i).below) {
                        for (Place right : layer.get(k).below) {
                            count += right.x < left.x ? 1 : 0;
                        }
                    }
                }
            }
        }
        return count;
    }

    // ------------------------------------------------------------------ coordinates

    private void placeAcross() {
        for (int sweep = 0; sweep < 10 * SWEEPS; sweep++) {
            boolean down = sweep % 2 == 0;
            for (List<Place> layer : down ? layers : layers.reversed()) {
                double[] wanted = new double[layer.size()];
                for (int i = 0; i < wanted.length; i++) {
                    Place place = layer.get(i);
                    List<Place> near = new ArrayList<>(down ? place.above : place.below);
                    if (sweep >= SWEEPS || near.isEmpty()) {
                        near.addAll(down ? place.below : place.above);
                    }
                    wanted[i] = pulled(place, near);
                }
                moveTo(layer, wanted);
            }
        }
        double left = boxes.stream().mapToDouble(box -> box.x - box.width / 2).min().orElse(0);
        double leftmost =
                edges.stream().flatMap(List::stream).mapToDouble(p -> p.x).min().orElse(left);
        double shift = -Math.min(left, leftmost);
        layers.forEach(layer -> layer.forEach(place -> place.x += shift));
    }

    /** The mean of its neighbours by how much a line to each should be straight. */
    private static double pulled(Place place, List<Place> near) {
        double sum = 0;
        double weights = 0;
        for (Place other : near) {
            double weight = weight(place) * weight(other);
            sum += weight * other.x;
            weights += weight;
        }
        return weights == 0 ? place.x : sum / weights;
    }

    /** Long edges stay straight before chains of operations do, and leaves come last. */
    private static double weight(Place place) {
        return !place.isBox() ? 5 : place.above.isEmpty() ? 0.5 : 2;
    }

    /**
     * Moves the places of a layer as close to where they want to be as their widths allow, by least
     * squares: with the widths taken off, that is a regression by a sequence that doesn't descend,
     * in which neighbours that would overlap are pooled and share their mean.
     */
    private static void moveTo(List<Place> layer, double[] wanted) {
        double[] offset = new double[wanted.length];
        for (int i = 1; i < wanted.length; i++) {
            double half = (layer.get(i - 1).width + layer.get(i).width) / 2;
            offset[i] = offset[i - 1] + half + BETWEEN_BOXES;
        }
        double[] mean = new double[wanted.length];
        double[] weight = new double[wanted.length];
        int[] size = new int[wanted.length];
        int pools = 0;
        for (int i = 0; i < wanted.length; i++) {
            mean[pools] = wanted[i] - offset[i];
            weight[pools] = weight(layer.get(i));
            size[pools++] = 1;
            while (pools > 1 && mean[pools - 2] > mean[pools - 1]) {
                int a = pools - 2;
                int b = pools - 1;
                double both = weight[a] + weight[b];
                mean[a] = (mean[a] * weight[a] + mean[b] * weight[b]) / both;
                weight[a] = both;
                size[a] += size[b];
                pools--;
            }
        }
        int i = 0;
        for (int pool = 0; pool < pools; pool++) {
            for (int k = 0; k < size[pool]; k++, i++) {
                layer.get(i).x = mean[pool] + offset[i];
            }
        }
    }

    private void placeDown() {
        tops = new double[layers.size()];
        bottoms = new double[layers.size()];
        double y = 0;
        for (int i = 0; i < layers.size(); i++) {
            double height = layers.get(i).stream().mapToDouble(p -> p.height).max().orElse(0);
            tops[i] = y;
            bottoms[i] = y + height;
            for (Place place : layers.get(i)) {
                place.y = y + height / 2;
            }
            y += height + BETWEEN_LAYERS;
        }
    }

    // ------------------------------------------------------------------ result

    double width() {
        double boxes = this.boxes.stream().mapToDouble(b -> b.x + b.width / 2).max().orElse(0);
        double points = edges.stream().flatMap(List::stream).mapToDouble(p -> p.x).max().orElse(0);
        return Math.max(boxes, points);
    }

    double height() {
        return bottoms[bottoms.length - 1];
    }

    List<Box> boxes() {
        return boxes.stream().map(b -> new Box(b.x, b.y, b.width, b.height)).toList();
    }

    /** Curves from box to box; between two layers, so that none runs over a box. */
    List<Path2D> edges() {
        List<Path2D> curves = new ArrayList<>();
        for (List<Place> edge : edges) {
            Place from = edge.getFirst();
            Path2D curve = new Path2D.Double();
            double x = from.x;
            curve.moveTo(x, from.y + from.height / 2);
            curve.lineTo(x, bottoms[from.layer]);
            for (int i = 1; i < edge.size(); i++) {
                Place to = edge.get(i);
                double start = bottoms[to.layer - 1];
                double end = tops[to.layer];
                double middle = (start + end) / 2;
                double toX = to.isBox() ? to.x + arrow(edge.get(i - 1), to) : to.x;
                curve.curveTo(x, middle, toX, middle, toX, end);
                curve.lineTo(toX, to.isBox() ? to.y - to.height / 2 : bottoms[to.layer]);
                x = toX;
            }
            curves.add(curve);
        }
        return curves;
    }

    /** Where an arrow meets a box, right of its middle: arrows from the left are on the left. */
    private static double arrow(Place from, Place to) {
        List<Place> sorted = new ArrayList<>(to.above);
        sorted.sort(Comparator.comparingDouble(place -> place.x));
        double step = Math.min(BETWEEN_ARROWS, to.width / (sorted.size() + 1));
        return (sorted.indexOf(from) - (sorted.size() - 1) / 2.0) * step;
    }
}
