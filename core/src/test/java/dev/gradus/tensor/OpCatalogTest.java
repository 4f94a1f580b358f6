package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue has a row for every operation: what has none is not tested. */
class OpCatalogTest {
    private static final String CREATION = "makes a tensor from numbers: CreationTest";

    /** A tensor, or records of several. */
    private static final Set<Class<?>> RESULTS =
            Set.of(Tensor.class, Sorted.class, Unique.class, List.class);

    /** Methods that give tensors and are no operations, with the reason. */
    private static final Map<String, String> EXCLUDED =
            Map.ofEntries(
                    Map.entry("scalar(double)", CREATION),
                    Map.entry("of(double[])", CREATION),
                    Map.entry("of(float[])", CREATION),
                    Map.entry("of(int[])", CREATION),
                    Map.entry("of(double[][])", CREATION),
                    Map.entry("of(float[][])", CREATION),
                    Map.entry("of(int[][])", CREATION),
                    Map.entry("of(double[][][])", CREATION),
                    Map.entry("of(Object,DType)", CREATION),
                    Map.entry("zeros(int[])", CREATION),
                    Map.entry("ones(int[])", CREATION),
                    Map.entry("full(double,int[])", CREATION),
                    Map.entry("zerosLike()", CREATION),
                    Map.entry("onesLike()", CREATION),
                    Map.entry("eye(int)", CREATION),
                    Map.entry("arange(int)", CREATION),
                    Map.entry("arange(int,int)", CREATION),
                    Map.entry("arange(double,double,double)", CREATION),
                    Map.entry("linspace(double,double,int)", CREATION),
                    Map.entry("rand(int[])", "random: GeneratorTest"),
                    Map.entry("randn(int[])", "random: GeneratorTest"),
                    Map.entry("to(Backend)", "moves between backends: TransferTest"),
                    Map.entry("to(String)", "moves between backends: TransferTest"),
                    Map.entry(
                            "Functional.causalMask(int,int)",
                            "makes a mask from numbers: FusedContract"),
                    Map.entry("detach()", "about tapes: autograd's tests"),
                    Map.entry("keep()", "about tapes: autograd's tests"));

    @Test
    void everyOperationHasARow() {
        Set<String> all =
                Stream.of(Tensor.class, Functional.class)
                        .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
                        .filter(m -> Modifier.isPublic(m.getModifiers()))
                        .filter(m -> RESULTS.contains(m.getReturnType()))
                        .map(OpCatalogTest::signature)
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> covered =
                OpCatalog.rows().stream()
                        .map(Row::covers)
                        .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>(all);
        missing.removeAll(covered);
        missing.removeAll(EXCLUDED.keySet());
        assertEquals(Set.of(), missing, "public operations without a row in OpCatalog");
        Set<String> gone = new TreeSet<>(covered);
        gone.addAll(EXCLUDED.keySet());
        gone.removeAll(all);
        assertEquals(Set.of(), gone, "named here, but there is no such method");
        covered.retainAll(EXCLUDED.keySet());
        assertEquals(Set.of(), covered, "both covered and excluded");
    }

    private static String signature(Method m) {
        String owner = m.getDeclaringClass() == Tensor.class ? "" : "Functional.";
        return Arrays.stream(m.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", owner + m.getName() + "(", ")"));
    }

    @Test
    void namesAreUniqueAndEveryRowHasSamples() {
        Set<String> names = new HashSet<>();
        for (Row row : OpCatalog.rows()) {
            assertEquals(true, names.add(row.name()), row.name() + " is there twice");
            assertFalse(row.samples().isEmpty(), row.name() + " has no sample");
            assertEquals(row, OpCatalog.row(row.name()));
        }
    }
}
