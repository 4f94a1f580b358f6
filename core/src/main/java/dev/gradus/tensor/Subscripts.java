package dev.gradus.tensor;

import dev.gradus.shape.Shape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an einsum string says of operands of given shapes: a label for each of their axes, the
 * labels of the result, and the size that goes with each label. A letter is its own label; the axes
 * under "..." are −1, −2, … counted from the last, since they broadcast as shapes do.
 *
 * <p>The grammar is NumPy's: letters, upper and lower case, one an axis; "..." once in an operand
 * and in the output; "," between operands; "->" before the output, without which the output is the
 * axes under "..." and then the letters that occur once, in the order of their codes; spaces mean
 * nothing.
 */
record Subscripts(List<List<Integer>> operands, List<Integer> output, Map<Integer, Integer> sizes) {
    /**
     * Reads a string.
     *
     * @throws IllegalArgumentException if it is not one, or does not fit the shapes
     */
    static Subscripts parse(String text, Shape... shapes) {
        return new Parser(text, shapes).parse();
    }

    /** The name that error messages give a label. */
    private static String nameOf(int label) {
        return label > 0 ? "'" + (char) label + "'" : "axis " + label + " of \"...\"";
    }

    /** One reading: the string, the shapes, and what is known so far. */
    private static final class Parser {
        /** Stands for "..." until it is known how many axes that is. */
        private static final int ELLIPSIS = 0;

        private final String text;
        private final Shape[] shapes;
        private final String[] parts;
        private final List<List<Integer>> operands = new ArrayList<>();
        private final Map<Integer, Integer> sizes = new HashMap<>();

        /** The operand that gave a label its size. */
        private final Map<Integer, Integer> witnesses = new HashMap<>();

        /** The largest number of axes that an operand has under "...". */
        private int broadcast;

        Parser(String text, Shape... shapes) {
            this.text = text;
            this.shapes = shapes;
            int arrow = text.indexOf("->");
            this.parts = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
        }

        Subscripts parse() {
            if (parts.length != shapes.length) {
                throw wrong(
                        "names "
                                + count(parts.length, "operand")
                                + " (they are separated by commas), and "
                                + count(shapes.length, "tensor")
                                + (shapes.length == 1 ? " was given" : " were given"));
            }
            for (int i = 0; i < parts.length; i++) {
                operands.add(labels(i));
            }
            for (int i = 0; i < parts.length; i++) {
                measure(i);
            }
            int arrow = text.indexOf("->");
            List<Integer> output =
                    arrow < 0 ? implicitOutput() : explicitOutput(text.substring(arrow + 2));
            return new Subscripts(operands, output, sizes);
        }

        /** The labels of an operand's axes. */
        private List<Integer> labels(int operand) {
            List<Integer> tokens = tokens(parts[operand], "operand " + operand);
            int rank = shapes[operand].rank();
            boolean open = tokens.contains(ELLIPSIS);
            int named = tokens.size() - (open ? 1 : 0);
            if (open ? named > rank : named != rank) {
                throw wrong(
                        describe(operand)
                                + " names "
                                + count(named, open ? "axis beside \"...\"" : "axis")
                                + ", and the tensor has "
                                + count(rank, "axis")
                                + (named < rank ? "; \"...\" stands for axes without a name" : ""));
            }
            broadcast = Math.max(broadcast, rank - named);
            return expanded(tokens, rank - named);
        }

        /** Letters as their codes and "..." as {@link #ELLIPSIS}. */
        private List<Integer> tokens(String part, String place) {
            List<Integer> tokens = new ArrayList<>();
            for (int i = 0; i < part.length(); i++) {
                char c = part.charAt(i);
                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                    tokens.add((int) c);
                } else if (part.startsWith("...", i) && !tokens.contains(ELLIPSIS)) {
                    tokens.add(ELLIPSIS);
                    i += 2;
                } else if (c != ' ') {
                    throw wrong(
                            place
                                    + ", \""
                                    + part.strip()
                                    + "\", has a '"
                                    + c
                                    + "' that is no letter (a-z, A-Z)"
                                    + (c == '.' ? " and not part of one \"...\"" : "")
                                    + "; the form is \"ij,jk->ik\"");
                }
            }
            return tokens;
        }

        private static List<Integer> expanded(List<Integer> tokens, int axes) {
            List<Integer> labels = new ArrayList<>();
            for (int token : tokens) {
                if (token != ELLIPSIS) {
                    labels.add(token);
                } else {
                    for (int k = axes; k > 0; k--) {
                        labels.add(-k);
                    }
                }
            }
            return labels;
        }

        /** Notes the sizes of an operand's labels and compares them with those known. */
        private void measure(int operand) {
            List<Integer> labels = operands.get(operand);
            for (int axis = 0; axis < labels.size(); axis++) {
                int label = labels.get(axis);
                int size = shapes[operand].dim(axis);
                int known = sizes.getOrDefault(label, 1);
                int witness = witnesses.getOrDefault(label, operand);
                boolean again = labels.subList(0, axis).contains(label);
                int before = again ? shapes[operand].dim(labels.indexOf(label)) : size;
                if (before != size) { // a diagonal: its axes do not broadcast
                    throw disagree(label, before, operand, size, operand);
                }
                if (known != size && known != 1 && size != 1) {
                    throw disagree(label, known, witness, size, operand);
                }
                if (known == 1) {
                    sizes.put(label, size);
                    witnesses.put(label, operand);
                }
            }
        }

        private IllegalArgumentException disagree(int label, int a, int in, int b, int also) {
            return wrong(
                    nameOf(label)
                            + " has size "
                            + a
                            + " in "
                            + describe(in)
                            + " and "
                            + b
                            + (in == also ? " there too" : " in " + describe(also)));
        }

        private List<Integer> implicitOutput() {
            List<Integer> output = expanded(List.of(ELLIPSIS), broadcast);
            List<Integer> all = operands.stream().flatMap(List::stream).sorted().toList();
            for (int label : all) {
                if (label > 0 && all.indexOf(label) == all.lastIndexOf(label)) {
                    output.add(label);
                }
            }
            return output;
        }

        private List<Integer> explicitOutput(String part) {
            List<Integer> tokens = tokens(part, "the output");
            for (int i = 0; i < tokens.size(); i++) {
                int label = tokens.get(i);
                if (label != ELLIPSIS && !sizes.containsKey(label)) {
                    throw wrong("the output has " + nameOf(label) + ", which no operand has");
                }
                if (tokens.indexOf(label) < i) {
                    throw wrong(
                            "the output has "
                                    + nameOf(label)
                                    + " twice; a matrix with a diagonal is diag()");
                }
            }
            if (broadcast > 0 && !tokens.contains(ELLIPSIS)) {
                throw wrong(
                        "the output lacks the \"...\" of the operands, which is "
                                + count(broadcast, "axis")
                                + " here; to sum over an axis, name it by a letter");
            }
            return expanded(tokens, broadcast);
        }

        /** As {@code operand 0 ("ij" of shape [2, 3])}. */
        private String describe(int operand) {
            return "operand "
                    + operand
                    + " (\""
                    + parts[operand].strip()
                    + "\" of shape "
                    + shapes[operand]
                    + ")";
        }

        private static String count(int n, String what) {
            return n
                    + " "
                    + (n == 1 ? what : what.replace("axis", "axes").replaceAll("[rd]$", "$0s"));
        }

        private IllegalArgumentException wrong(String what) {
            return new IllegalArgumentException("einsum \"" + text + "\": " + what);
        }
    }
}
