package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class ExprTest {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr S = Expr.scalar(0);

    // ------------------------------------------------------------------ interning

    @Test
    void equalExpressionsAreTheSameObject() {
        assertSame(Expr.in(3), Expr.in(3));
        assertSame(Expr.scalar(3), Expr.scalar(3));
        assertSame(Expr.of(0.1), Expr.of(0.1));
        assertSame(Expr.of(Double.NaN), Expr.of(0.0 / 0.0));
        assertSame(X.mul(Y).add(S).tanh(), X.mul(Y).add(S).tanh());
        assertSame(Expr.apply(Fn.ADD, X, Y), X.add(Y));
        assertSame(X.tanh().grad(0), X.tanh().grad(0));
    }

    @Test
    void differentExpressionsAreNot() {
        List<Expr> all =
                List.of(
                        X,
                        Y,
                        S,
                        Expr.of(0),
                        Expr.of(-0.0),
                        Expr.of(1),
                        X.add(Y),
                        Y.add(X),
                        X.sub(Y),
                        X.add(S),
                        X.max(Y),
                        X.exp(),
                        Expr.where(X, Y, S),
                        Expr.where(X, S, Y));
        Set<String> texts = all.stream().map(Expr::toString).collect(Collectors.toSet());
        assertEquals(all.size(), texts.size());
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertNotSame(all.get(i), all.get(j));
            }
        }
    }

    @Test
    void threadsGetTheSameObject() {
        Set<Expr> made =
                IntStream.range(0, 2000)
                        .parallel()
                        .mapToObj(i -> Expr.in(77).sin().add(Expr.of(12.345)).cos())
                        .collect(Collectors.toSet());
        assertEquals(1, made.size());
    }

    @Test
    void whatNobodyUsesIsForgotten() throws InterruptedException {
        Expr kept = Expr.in(78).sin();
        var forgotten = new WeakReference<>(Expr.in(78).sin().exp().grad(78).tanh());
        for (int i = 0; i < 200 && forgotten.get() != null; i++) {
            System.gc();
            Thread.sleep(5);
            Expr.of(i + 0.25); // making nodes is what clears away the dead ones
        }
        assertNull(forgotten.get(), "the node is still there after 200 collections");
        assertSame(kept, Expr.in(78).sin());
    }

    @Test
    void printsAsAFormula() {
        assertEquals("ADD(MUL(x0, x1), s0)", X.mul(Y).add(S).toString());
        assertEquals("WHERE(x0, 1.5, TANH(x1))", Expr.where(X, Expr.of(1.5), Y.tanh()).toString());
    }

    // ------------------------------------------------------------------ simplification

    @TestFactory
    Stream<DynamicTest> simplifies() {
        Map<String, Expr[]> rules =
                Map.ofEntries(
                        rule("x + 0", X.add(Expr.ZERO), X),
                        rule("0 + x", Expr.ZERO.add(X), X),
                        rule("x - 0", X.sub(0), X),
                        rule("x * 0", X.mul(0), Expr.ZERO),
                        rule("0 * x", Expr.ZERO.mul(X), Expr.ZERO),
                        rule("x * 1", X.mul(1), X),
                        rule("1 * x", Expr.ONE.mul(X), X),
                        rule("x * -1", X.mul(-1), X.neg()),
                        rule("-1 * x", Expr.of(-1).mul(X), X.neg()),
                        rule("x / 1", X.div(1), X),
                        rule("--x", X.neg().neg(), X),
                        rule("where with equal branches", Expr.where(X, Y, Y), Y),
                        rule("2 * 3", Expr.of(2).mul(3), Expr.of(6)),
                        rule("-(2)", Expr.of(2).neg(), Expr.of(-2)),
                        rule("2 ^ 3", Expr.of(2).pow(Expr.of(3)), Expr.of(8)),
                        rule("e ^ 0", Expr.ZERO.exp(), Expr.ONE),
                        rule("max(2, 3)", Expr.of(2).max(Expr.of(3)), Expr.of(3)),
                        rule("where(1, 2, 3)", Expr.where(Expr.ONE, Expr.of(2), S.mul(0)), of(2)),
                        rule("d(x + y)/dx", X.add(Y).grad(0), Expr.ONE),
                        rule("d(x - y)/dy", X.sub(Y).grad(1), Expr.of(-1)),
                        rule("d(x y)/dx", X.mul(Y).grad(0), Y),
                        rule("d(x s)/dx", X.mul(S).grad(0), S),
                        rule("d(y)/dx", Y.tanh().grad(0), Expr.ZERO),
                        rule("d(s)/dx", S.grad(0), Expr.ZERO),
                        rule("d(-x)/dx", X.neg().grad(0), Expr.of(-1)),
                        rule("d(e^x)/dx", X.exp().grad(0), X.exp()),
                        rule("d(x < y)/dx", X.lt(Y).grad(0), Expr.ZERO),
                        rule("d(floor x)/dx", X.floor().grad(0), Expr.ZERO),
                        rule("d2(x x)/dx2", X.square().grad(0).grad(0), Expr.of(2)));
        return rules.entrySet().stream()
                .map(e ->
                        dynamicTest(
                                e.getKey(), () -> assertSame(e.getValue()[1], e.getValue()[0])));
    }

    private static Expr of(double value) {
        return Expr.of(value);
    }

    private static Map.Entry<String, Expr[]> rule(String what, Expr found, Expr expected) {
        return Map.entry(what, new Expr[] {found, expected});
    }

    @Test
    void applyTakesTheRightNumberOfArguments() {
        Says.illegal(() -> Expr.apply(Fn.ADD, X), "ADD takes 2 arguments, not 1");
        Says.illegal(() -> Expr.apply(Fn.EXP, X, Y), "EXP takes 1 arguments, not 2");
    }

    // ------------------------------------------------------------------ replacing, backward

    @Test
    void replacesAllAtOnce() {
        assertSame(Y.sub(X), X.sub(Y).replace(Map.of(X, Y, Y, X)));
        assertSame(X.tanh().add(X), X.exp().tanh().add(X).replace(Map.of(X.exp(), X)));
        assertSame(X.mul(Y), X.mul(Y).replace(Map.of(S, X)));
    }

    @Test
    void aBackwardPassReadsOnlyWhatItNeeds() {
        // sources: 0 and 1 are inputs, 2 is the result, 3 is the cotangent
        assertBackward(X.mul(Y), 0, List.of(1, 3), Y.mul(X));
        assertBackward(X.mul(Y), 1, List.of(0, 3), Y.mul(X));
        assertBackward(X.add(Y), 0, List.of(3), X);
        assertBackward(X.sub(Y), 1, List.of(3), X.neg());
        assertBackward(X.max(Y), 1, List.of(0, 1, 3), Expr.in(2).mul(X.max(Y).grad(1)));
        assertBackward(X.eq(Y), 0, List.of(), Expr.ZERO);
        // one input: 1 is the result, 2 is the cotangent
        assertBackward(X.exp(), 0, List.of(1, 2), Y.mul(X));
        assertBackward(X.tanh(), 0, List.of(1, 2), Y.mul(Expr.ONE.sub(X.mul(X))));
        assertBackward(X.square(), 0, List.of(0, 2), Y.mul(X.add(X)));
        assertBackward(X.mul(S), 0, List.of(2), X.mul(S));
        assertBackward(X.sin(), 0, List.of(0, 2), Y.mul(X.cos()));
    }

    private static void assertBackward(Expr f, int input, List<Integer> sources, Expr expected) {
        Expr.Compact backward = f.backward(input);
        assertEquals(sources, backward.sources(), () -> "sources of " + f);
        assertSame(expected, backward.expr(), () -> backward.expr() + " for " + f);
        assertSame(backward, f.backward(input), "derived once");
    }

    @Test
    void aBackwardPassIsTheCotangentTimesTheDerivative() {
        double g = 1.75;
        double[] x = {0.6, -1.3};
        for (Expr f :
                List.of(
                        X.mul(X.softplus().tanh()),
                        X.sigmoid().mul(Y.erf()),
                        Expr.where(X.lt(Y), X.exp(), Y.mul(X)),
                        X.pow(Y),
                        X.div(Y).tanh().exp())) {
            int n = f.program().inputs();
            for (int i = 0; i < n; i++) {
                Expr.Compact b = f.backward(i);
                double[] values =
                        b.sources().stream()
                                .mapToDouble(s -> s < n ? x[s] : s == n ? Evaluate.at(f, x) : g)
                                .toArray();
                assertEquals(g * Evaluate.at(f.grad(i), x), Evaluate.at(b.expr(), values), 1e-12);
            }
        }
    }
}
