package dev.gradus.examples;

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
 * The arrows between packages run one way: shape, expr ← backend ← tensor ← io ← autograd ← nn ←
 * optim ← train.
 */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(file -> !file.contains("/test-classes/"))
                    .withImportOption(file -> !file.contains("-tests.jar"))
                    .withImportOption(file -> !file.contains("/dev/gradus/examples/"))
                    .withImportOption(file -> !file.contains("/dev/gradus/cuda/"))
                    .importPackages("dev.gradus");

    private static final String[] EVERYWHERE = {"java..", "org.jspecify.."};

    private static final String[] CORE = {
        "dev.gradus.shape", "dev.gradus.expr", "dev.gradus.backend..", "dev.gradus.tensor"
    };

    /** What each package may see besides itself and the JDK. */
    private static final Map<String, List<String>> ARROWS =
            Map.ofEntries(
                    entry("dev.gradus.shape"),
                    entry("dev.gradus.expr", "shape"),
                    entry("dev.gradus.backend", "shape", "expr"),
                    entry("dev.gradus.backend.reference", "shape", "expr", "backend"),
                    entry("dev.gradus.backend.cpu", "shape", "expr", "backend"),
                    entry("dev.gradus.tensor", "shape", "expr", "backend"),
                    entry("dev.gradus.io", "shape", "backend", "tensor"),
                    entry("dev.gradus.autograd", "shape", "expr", "backend", "tensor"),
                    entry("dev.gradus.nn", "shape", "expr", "backend", "tensor", "io", "autograd"),
                    entry(
                            "dev.gradus.optim",
                            "shape",
                            "expr",
                            "backend",
                            "tensor",
                            "io",
                            "autograd",
                            "nn"),
                    entry("dev.gradus.text", "shape", "backend", "tensor", "io", "autograd", "nn"),
                    entry("dev.gradus.data", "shape", "backend", "tensor", "io", "text"),
                    entry(
                            "dev.gradus.train",
                            "shape",
                            "backend",
                            "tensor",
                            "io",
                            "autograd",
                            "nn",
                            "optim",
                            "text",
                            "data"),
                    entry(
                            "dev.gradus.onnx",
                            "shape",
                            "expr",
                            "backend",
                            "tensor",
                            "io",
                            "autograd",
                            "nn"));

    /** Libraries that a package may see. */
    private static final Map<String, List<String>> LIBRARIES =
            Map.of(
                    "dev.gradus.backend.cpu", List.of("jdk.incubator.vector.."),
                    "dev.gradus.io", List.of("tools.jackson..", "com.fasterxml.jackson.."),
                    "dev.gradus.data", List.of("org.apache.commons.csv.."),
                    "dev.gradus.text", List.of("tools.jackson.."),
                    "dev.gradus.train",
                            List.of("me.tongfei..", "tools.jackson..", "com.fasterxml.jackson.."),
                    "dev.gradus.onnx", List.of("com.google.protobuf..", "ai.onnx.proto.."));

    private static Map.Entry<String, List<String>> entry(String name, String... others) {
        return Map.entry(name, List.of(others));
    }

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
        allowed.addAll(LIBRARIES.getOrDefault(name, List.of()));
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
