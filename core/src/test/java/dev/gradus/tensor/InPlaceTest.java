package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Backends;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** Several tensors updated together; one alone is in NamedBugsTest and in the contract. */
class InPlaceTest {
    private static final Program SUB = Program.of(Expr.in(0).sub(Expr.in(1)));

    private static Tensor[][] update(Tensor[][] targets, Tensor[][] inputs) {
        return InPlace.updateEach(
                SUB, targets, inputs, new double[0], group -> "was number " + group);
    }

    /** The cpu has a kernel for it, the reference has none; doubles go one by one on either. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void eachGroupHasItsOwnShapeAndReason(String backend) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            Tensor a = Tensor.of(1.0, 2.0).to(dtype).to(Backends.get(backend)).copy();
            Tensor b = Tensor.scalar(7).to(dtype).to(Backends.get(backend)).copy();
            Tensor[][] renewed =
                    update(new Tensor[][] {{a}, {b}}, new Tensor[][] {{a.mul(3)}, {b.mul(2)}});
            assertArrayEquals(new double[] {-2, -4}, renewed[0][0].toArray());
            assertArrayEquals(new double[] {-7}, renewed[1][0].toArray());
            for (int i = 0; i < 2; i++) {
                Tensor old = i == 0 ? a : b;
                var e = assertThrows(IllegalStateException.class, old::toArray);
                assertTrue(
                        String.valueOf(e.getMessage()).contains("it was number " + i + ";"),
                        e::getMessage);
            }
        }
    }

    /** Whatever the order or the threads, nobody reads what another group has written. */
    @Test
    void inputsThatAreTargetsOfOtherGroupsAreReadAsTheyWere() {
        int n = 100_000;
        Tensor a = Tensor.full(5, n);
        Tensor b = Tensor.full(3, n);
        Tensor[][] renewed = update(new Tensor[][] {{a}, {b}}, new Tensor[][] {{b}, {a}});
        assertArrayEquals(Tensor.full(2, n).toArray(), renewed[0][0].toArray());
        assertArrayEquals(Tensor.full(-2, n).toArray(), renewed[1][0].toArray());
    }

    /** As when a device has no memory left, or a kernel does not compile. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void anUpdateThatFailsChangesNothing(String backend) {
        Tensor a = Tensor.of(new int[] {1, 2}).to(Backends.get(backend)).copy();
        Program noIntegerForm = Program.of(Expr.in(0).exp());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        InPlace.update(
                                noIntegerForm,
                                new Tensor[] {a},
                                new Tensor[0],
                                new double[0],
                                () -> "was lost"));
        assertArrayEquals(new double[] {1, 2}, a.toArray());
    }

    /** A rule that has no use for its last input. */
    @Test
    void anInputMayBeUnread() {
        Tensor[][] targets = {{Tensor.of(1.0, 2.0)}, {Tensor.of(3.0)}};
        Tensor[][] inputs = {{Tensor.of(7.0, 7.0)}, {Tensor.of(7.0)}};
        Program twice = Program.of(Expr.in(0).mul(2));
        Tensor[][] renewed =
                InPlace.updateEach(twice, targets, inputs, new double[0], group -> "was doubled");
        assertArrayEquals(new double[] {2, 4}, renewed[0][0].toArray());
        assertArrayEquals(new double[] {6}, renewed[1][0].toArray());
    }

    @Test
    void whatDoesNotFitUpdatesNothing() {
        Tensor a = Tensor.of(1.0, 2.0);
        Tensor b = Tensor.of(3.0);
        Tensor wrong = Tensor.of(1.0).to(DType.FLOAT64);
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> update(new Tensor[][] {{a}, {b}}, new Tensor[][] {{a}, {wrong}}));
        String on = " on " + a.backend().name();
        assertEquals(
                "update: FLOAT64 of shape [1]"
                        + on
                        + " does not fit the target, FLOAT32 of shape [1]"
                        + on,
                e.getMessage());
        assertArrayEquals(new double[] {1, 2}, a.toArray());
    }
}
