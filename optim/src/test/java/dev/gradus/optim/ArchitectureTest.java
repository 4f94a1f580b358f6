package dev.gradus.optim;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The arrows between packages run one way: shape, expr ← backend ← tensor ← autograd ← nn ← optim.
 */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(file -> !file.contains("/test-classes/"))
                    .withImportOption(file -> !file.contains("-tests.jar"))
                    .importPackages("dev.gradus");

    private static final String[] EVERYWHERE = {"java..", "org.jspecify.."};

    private static final String[] CORE = {
        "dev.gradus.shape", "dev.gradus.expr", "dev.gradus.backend..", "dev.gradus.tensor"
    };

    /** What each package may see besides itself and the JDK. */
    private static final Map<String, List<String>> ARROWS =
            Map.of(
                    "dev.gradus.shape", List.of(),
                    "dev.gradus.expr", List.of("shape"),
                    "dev.gradus.backend", List.of("shape", "expr"),
                    "dev.gradus.backend.reference", List.of("shape", "expr", "backend"),
                    "dev.gradus.backend.cpu", List.of("shape", "expr", "backend"),
                    "dev.gradus.tensor", List.of("shape", "expr", "backend"),
                    "dev.gradus.autograd", List.of("shape", "expr", "backend", "tensor"),
                    "dev.gradus.nn", List.of("shape", "expr", "backend", "tensor", "autograd"),
                    "dev.gradus.optim",
                            List.of("shape", "expr", "backend", "tensor", "autograd", "nn"));

    @TestFactory
    Stream<DynamicTest> arrowsRunOneWay() {
        return ARROWS.entrySet().stream()
                .map(e -> dynamicTest(e.getKey(), () -> sees(e.getKey(), e.getValue())));
    }

    private static void sees(String name, List<String> others) {
        List<String> allowed = new ArrayList<>(List.of(EVERYWHERE));
        allowed.add(name);
        others.forEach(other -> allowed.add("dev.gradus." + other));
        allowed.add("org.slf4j..");
        if (name.equals("dev.gradus.backend.cpu")) {
            allowed.add("jdk.incubator.vector..");
        }
        classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void everyPackageHasItsArrows() {
        CLASSES.forEach(c ->
                assertTrue(
                        ARROWS.containsKey(c.getPackageName()),
                        () -> c.getPackageName() + " is not in the table of this test"));
        ARROWS.keySet()
                .forEach(
                        name -> assertTrue(CLASSES.containPackage(name), () -> name + " is empty"));
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.gradus.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyDependsOnABackend() {
        for (String backend : List.of("dev.gradus.backend.cpu", "dev.gradus.backend.reference")) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(backend)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(backend)
                    .because("backends are found by ServiceLoader")
                    .check(CLASSES);
        }
    }

    @Test
    void theCoreDependsOnSlf4jAlone() {
        classes()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jdk.incubator.vector..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "dev.gradus..")
                .check(CLASSES);
    }

    @Test
    void aLibraryDoesNotPrint() {
        noClasses().should().accessField(System.class, "out").check(CLASSES);
        noClasses().should().dependOnClassesThat().belongToAnyOf(IO.class).check(CLASSES);
    }
}
