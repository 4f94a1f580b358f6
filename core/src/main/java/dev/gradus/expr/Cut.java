package dev.gradus.expr;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * An expression in two.
 *
 * @param part the largest part of it that one kernel can hold
 * @param rest the expression, with the part as one more input
 */
public record Cut(Expr part, Expr rest) {
    static Cut of(Expr whole) {
        Expr best = null;
        int most = 0;
        for (Expr e : nodes(whole)) {
            int steps = steps(e);
            if (steps > most && steps <= Program.MAX_STEPS) {
                most = steps;
                best = e;
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("there is nothing to cut in " + whole);
        }
        return new Cut(best, whole.replace(Map.of(best, Expr.in(whole.inputs()))));
    }

    /** The number of distinct function calls. */
    static int steps(Expr e) {
        return (int) nodes(e).stream().filter(Expr.Apply.class::isInstance).count();
    }

    /** One more than the largest index of an input. */
    static int inputs(Expr e) {
        return nodes(e).stream()
                .mapToInt(n -> n instanceof Expr.Input x ? x.index() + 1 : 0)
                .max()
                .orElse(0);
    }

    private static Set<Expr> nodes(Expr e) {
        Set<Expr> nodes = new LinkedHashSet<>();
        collect(e, nodes);
        return nodes;
    }

    private static void collect(Expr e, Set<Expr> nodes) {
        if (nodes.add(e) && e instanceof Expr.Apply a) {
            a.args().forEach(arg -> collect(arg, nodes));
        }
    }
}
