package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Random einsums against the definition: a loop over every value of every index. */
class EinsumPropertyTest {
    private static final String LETTERS = "abcXZ";

    /** Axes under "..." are called 0, 1, … from the last; the string shows them as three dots. */
    private record Term(List<Character> labels, int dots, int[] shape) {
        @Override
        public String toString() {
            return text(labels, dots);
        }
    }

    /** Labels as a string, with "..." before label number {@code dots}, or nowhere if −1. */
    private static String text(List<Character> labels, int dots) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= labels.size(); i++) {
            text.append(i == dots ? "..." : "");
            if (i < labels.size() && Character.isLetter(labels.get(i))) {
                text.append(labels.get(i));
            }
        }
        return text.toString();
    }

    @Test
    void agreesWithNestedLoops() {
        for (int seed = 0; seed < 3000; seed++) {
            check(new Random(seed));
        }
    }

    private static void check(Random random) {
        Map<Character, Integer> drawn = new HashMap<>();
        for (char c : (LETTERS + "01").toCharArray()) {
            drawn.put(c, random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(3));
        }
        List<Term> terms = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            terms.add(term(random, drawn));
        }
        Map<Character, Integer> sizes = new TreeMap<>();
        int under = 0;
        for (Term t : terms) {
            for (int i = 0; i < t.labels.size(); i++) {
                int size = t.shape[i];
                sizes.merge(t.labels.get(i), size, (a, b) -> a == 1 ? b : a);
                under += Character.isDigit(t.labels.get(i)) ? 1 : 0;
            }
        }
        List<Character> output = new ArrayList<>();
        String text = String.join(",", terms.stream().map(Term::toString).toList());
        if (random.nextInt(3) == 0) {
            implicit(terms, sizes, output);
        } else {
            sizes.keySet().stream()
                    .filter(c -> Character.isLetter(c) && random.nextBoolean())
                    .forEach(output::add);
            Collections.shuffle(output, random);
            int dots = under > 0 || random.nextInt(5) == 0 ? random.nextInt(output.size() + 1) : -1;
            text += "->" + text(output, dots);
            if (dots >= 0) {
                output.addAll(dots, sizes.keySet().stream().filter(Character::isDigit).toList());
                reverseDigits(output);
            }
        }
        compare(text, terms, sizes, output, random);
    }

    private static Term term(Random random, Map<Character, Integer> drawn) {
        List<Character> labels = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            labels.add(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        int dots = random.nextInt(3) == 0 ? random.nextInt(labels.size() + 1) : -1;
        for (int k = 0, n = dots < 0 ? 0 : random.nextInt(3); k < n; k++) {
            labels.add(dots, (char) ('0' + k));
        }
        int[] shape = new int[labels.size()];
        for (int i = 0; i < shape.length; i++) {
            boolean alone = Collections.frequency(labels, labels.get(i)) == 1;
            shape[i] = alone && random.nextInt(5) == 0 ? 1 : drawn.getOrDefault(labels.get(i), 0);
        }
        return new Term(labels, dots, shape);
    }

    private static void implicit(
            List<Term> terms, Map<Character, Integer> sizes, List<Character> output) {
        for (char c : sizes.keySet()) { // in the order of their codes, digits first
            int times = 0;
            for (Term t : terms) {
                times += Collections.frequency(t.labels, c);
            }
            if (Character.isDigit(c) || times == 1) {
                output.add(c);
            }
        }
        reverseDigits(output);
    }

    /** Axis 0 under the dots is the last one. */
    private static void reverseDigits(List<Character> output) {
        int zero = output.indexOf('0');
        int one = output.indexOf('1');
        if (zero >= 0 && one >= 0) {
            Collections.swap(output, zero, one);
        }
    }

    private static void compare(
            String text,
            List<Term> terms,
            Map<Character, Integer> sizes,
            List<Character> output,
            Random random) {
        double[][] values = new double[terms.size()][];
        Tensor[] x = new Tensor[values.length];
        for (int i = 0; i < x.length; i++) {
            Shape shape = Shape.of(terms.get(i).shape);
            values[i] = new double[shape.size()];
            Arrays.setAll(values[i], k -> random.nextInt(7) - 3);
            x[i] = Tensor.of(values[i]).reshape(shape).to(DType.FLOAT64);
        }
        Tensor found = Tensor.einsum(text, x);
        String what = text + " of " + Arrays.stream(x).map(Tensor::shape).toList();
        int[] dims = output.stream().mapToInt(sizes::get).toArray();
        assertEquals(Shape.of(dims), found.shape(), what);
        assertArrayEquals(naive(terms, values, sizes, output, dims), found.toArray(), 0, what);
    }

    private static double[] naive(
            List<Term> terms,
            double[][] values,
            Map<Character, Integer> sizes,
            List<Character> output,
            int[] dims) {
        double[] sums = new double[Shape.of(dims).size()];
        List<Character> all = List.copyOf(sizes.keySet());
        Shape space = Shape.of(all.stream().mapToInt(sizes::get).toArray());
        for (int flat = 0; flat < space.size(); flat++) {
            int[] at = space.indexOf(flat);
            double product = 1;
            for (int i = 0; i < values.length; i++) {
                Term t = terms.get(i);
                product *= values[i][place(t.labels, t.shape, all, at)];
            }
            sums[place(output, dims, all, at)] += product;
        }
        return sums;
    }

    /** The place of an element whose indices are given by label; an axis of size 1 has only one. */
    private static int place(List<Character> labels, int[] shape, List<Character> all, int[] at) {
        int place = 0;
        for (int i = 0; i < shape.length; i++) {
            int index = at[all.indexOf(labels.get(i))];
            place = place * shape[i] + (shape[i] == 1 ? 0 : index);
        }
        return place;
    }
}
