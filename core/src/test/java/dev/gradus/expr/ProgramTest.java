package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.Test;

import java.util.List;

class ProgramTest {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr S = Expr.scalar(0);

    /** The tanh form of GELU. */
    private static final Expr GELU =
            X.mul(0.5)
                    .mul(
                            X.add(X.mul(X).mul(X).mul(0.044715))
                                    .mul(Math.sqrt(2 / Math.PI))
                                    .tanh()
                                    .add(1));

    @Test
    void numbersInputsThenScalarsThenConstantsThenSteps() {
        Program p = Program.of(X.mul(S).add(Y).add(2.5));
        assertEquals(2, p.inputs());
        assertEquals(1, p.scalars());
        assertEquals(1, p.constants());
        assertEquals(2.5, p.constant(0));
        assertEquals(4, p.firstStep());
        assertEquals(
                List.of(
                        new Program.Step(Fn.MUL, 0, 2, 0),
                        new Program.Step(Fn.ADD, 4, 1, 0),
                        new Program.Step(Fn.ADD, 5, 3, 0)),
                p.steps());
        assertEquals(1, p.outputs());
        assertEquals(6, p.output(0));
    }

    @Test
    void inputsThatAreNotReadAreCountedToo() {
        assertEquals(3, Program.of(Expr.in(2).exp()).inputs());
        assertEquals(2, Program.of(Expr.scalar(1).exp()).scalars());
    }

    @Test
    void anOutputMayBeAnInputAScalarOrAConstant() {
        Program p = Program.of(X, S, Expr.of(7), X.neg(), X);
        assertEquals(5, p.outputs());
        assertArrayEquals(
                new int[] {0, 1, 2, 3, 0},
                new int[] {p.output(0), p.output(1), p.output(2), p.output(3), p.output(4)});
        assertEquals("[x0, s0, 7.0, NEG(x0), x0]", p.toString());
    }

    @Test
    void sharedPartsAreComputedOnce() {
        assertEquals(2, Program.of(X.exp().mul(X.exp())).steps().size());
        // value and derivative together cost less than apart
        Expr slope = GELU.grad(0);
        int value = Program.of(GELU).steps().size();
        int both = Program.of(GELU, slope).steps().size();
        assertEquals(9, value);
        assertEquals(both, Program.of(slope).steps().size() + 1);
        assertTrue(both < 3 * value, both + " steps");
    }

    @Test
    void higherDerivativesStaySmallThoughAsTreesTheyExplode() {
        Expr f = GELU;
        for (int i = 0; i < 4; i++) {
            f = f.grad(0);
        }
        int distinct = countDistinct(f);
        assertTrue(distinct < 100, distinct + " distinct nodes");
        assertTrue(treeSize(f) > 20L * distinct, treeSize(f) + " nodes as a tree");
    }

    private static int countDistinct(Expr e) {
        var seen = new java.util.HashSet<Expr>();
        collect(e, seen);
        return seen.size();
    }

    private static void collect(Expr e, java.util.Set<Expr> seen) {
        if (seen.add(e) && e instanceof Expr.Apply a) {
            a.args().forEach(arg -> collect(arg, seen));
        }
    }

    private static long treeSize(Expr e) {
        return e instanceof Expr.Apply a
                ? 1 + a.args().stream().mapToLong(ProgramTest::treeSize).sum()
                : 1;
    }

    @Test
    void holdsSixtyFourSteps() {
        Expr e = X;
        for (int i = 0; i < Program.MAX_STEPS; i++) {
            e = e.sin();
        }
        Expr most = e;
        assertEquals(64, Program.of(most).steps().size());
        Says.illegal(() -> Program.of(most.cos()), "65 steps", "(64)", "tensor of its own");
        Says.illegal(() -> most.cos().program(), "65 steps");
        Says.illegal(() -> Program.of(most, X.cos()), "65 steps");
    }

    @Test
    void knowsWhetherItHasAnIntegerForm() {
        assertTrue(Program.of(X.add(Y).max(S)).hasInt());
        assertTrue(Program.of(X).hasInt());
        assertFalse(Program.of(X.add(Y), X.exp()).hasInt());
    }

    @Test
    void keepsOneCompiledFormOfEachType() {
        Program p = Program.of(X.add(41.5));
        StringBuilder first = p.compiled(StringBuilder.class, q -> new StringBuilder("" + q));
        assertEquals("[ADD(x0, 41.5)]", first.toString());
        assertSame(first, p.compiled(StringBuilder.class, q -> new StringBuilder()));
        assertEquals(3, p.compiled(Integer.class, q -> 3));
        assertNotSame(p, Program.of(X.add(41.5)));
        assertSame(X.add(41.5).program(), X.add(41.5).program());
    }
}
