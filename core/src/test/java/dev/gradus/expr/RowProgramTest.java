package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.Test;

import java.util.List;

class RowProgramTest {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr LAST = Expr.in(4);

    /** Inputs x and y; 2: max x · y; 3: the row x − max; 4: its sum; 5: 1 / sum; 6: a row. */
    private static final RowProgram PROGRAM =
            RowProgram.of(2)
                    .fold(Reduction.MAX, X.mul(Y))
                    .row(X.sub(Expr.in(2)))
                    .fold(Reduction.SUM, Expr.in(3))
                    .number(Expr.ONE.div(LAST))
                    .row(Expr.in(3).mul(Expr.in(5)).mul(Expr.scalar(1)))
                    .gives(6, 2);

    @Test
    void valuesAreInputsThenStages() {
        assertEquals(2, PROGRAM.inputs());
        assertEquals(7, PROGRAM.values());
        assertEquals(5, PROGRAM.stages().size());
        assertEquals(List.of(4, 0), PROGRAM.outputs());
        RowProgram.Stage.Fold max =
                assertInstanceOf(RowProgram.Stage.Fold.class, PROGRAM.stages().get(0));
        assertEquals(Reduction.MAX, max.reduction());
        assertInstanceOf(RowProgram.Stage.Row.class, PROGRAM.stages().get(1));
        assertInstanceOf(RowProgram.Stage.Single.class, PROGRAM.stages().get(3));
    }

    @Test
    void aStageReadsWhatItUsesAlone() {
        Expr.Compact row = PROGRAM.stages().get(1).reads();
        assertEquals(List.of(0, 2), row.sources());
        assertSame(X.sub(Y), row.expr());
        Expr.Compact number = PROGRAM.stages().get(3).reads();
        assertEquals(List.of(4), number.sources());
        assertSame(Expr.ONE.div(X), number.expr());
        Expr.Compact last = PROGRAM.stages().get(4).reads();
        assertEquals(List.of(3, 5), last.sources());
        assertSame(X.mul(Y).mul(Expr.scalar(1)), last.expr());
    }

    @Test
    void aStageMayReadNothing() {
        Expr.Compact nothing = RowProgram.of(1).row(Expr.ONE).stages().get(0).reads();
        assertEquals(List.of(), nothing.sources());
        assertSame(Expr.ONE, nothing.expr());
    }

    @Test
    void aProgramDoesNotChange() {
        RowProgram start = RowProgram.of(1);
        RowProgram longer = start.row(X.exp());
        assertEquals(0, start.stages().size());
        assertEquals(1, longer.stages().size());
        assertEquals(List.of(), longer.outputs());
        assertEquals(List.of(0), longer.gives(1).outputs());
        assertEquals(List.of(), longer.outputs());
    }

    @Test
    void onlyWhatExistsCanBeRead() {
        RowProgram one = RowProgram.of(1);
        Says.illegal(() -> one.row(Y), "value 1 does not exist yet");
        Says.illegal(() -> one.fold(Reduction.SUM, X.add(Expr.in(3))), "value 3 does not exist");
        Says.illegal(() -> one.row(X).number(Expr.in(2)), "value 2 does not exist yet");
    }

    @Test
    void aNumberIsMadeOfNumbers() {
        RowProgram row = RowProgram.of(1).row(X.exp());
        Says.illegal(() -> row.number(Y.add(1)), "value 1 is a row, not a number");
    }

    @Test
    void resultsAreStages() {
        Says.illegal(() -> PROGRAM.gives(0), "value 0 is not of a stage");
        Says.illegal(() -> PROGRAM.gives(6, 1), "value 1 is not of a stage");
        Says.illegal(() -> PROGRAM.gives(7), "value 7 is not of a stage");
        Says.illegal(() -> PROGRAM.gives(-1), "value -1 is not of a stage");
    }

    @Test
    void isCompiledOnce() {
        record Compiled(RowProgram program) {}
        Compiled first = PROGRAM.compiled(Compiled.class, Compiled::new);
        assertSame(PROGRAM, first.program());
        assertSame(first, PROGRAM.compiled(Compiled.class, Compiled::new));
        assertNotSame(first, PROGRAM.gives(6).compiled(Compiled.class, Compiled::new));
        assertEquals("one", PROGRAM.compiled(String.class, _ -> "one"));
    }

    @Test
    void printsItsStages() {
        String text =
                RowProgram.of(1).fold(Reduction.MAX, X).row(X.sub(Y).exp()).gives(2, 1).toString();
        for (String part : List.of("MAX", "Fold", "Row", X.sub(Y).exp().toString(), "[1, 0]")) {
            assertEquals(true, text.contains(part), () -> text + " lacks " + part);
        }
    }
}
