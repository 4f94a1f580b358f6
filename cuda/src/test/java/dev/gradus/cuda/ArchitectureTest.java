package dev.gradus.cuda;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

/** What the backend may see. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.gradus.cuda");

    @Test
    void theBackendSeesOnlyWhatABackendMay() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "jcuda..",
                        "org.jspecify..",
                        "org.slf4j..",
                        "dev.gradus.shape",
                        "dev.gradus.expr",
                        "dev.gradus.backend",
                        "dev.gradus.cuda")
                .check(CLASSES);
    }

    @Test
    void nobodyElseSeesJcudaOrThisBackend() {
        JavaClasses all =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(file -> !file.contains("-tests.jar"))
                        .importPackages("dev.gradus");
        assertTrue(all.containPackage("dev.gradus.optim"));
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.gradus.cuda")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jcuda..", "dev.gradus.cuda")
                .because("backends are found by ServiceLoader")
                .check(all);
    }

    @Test
    void onlyThoseClassesOfJcudaAreUsedWhoseNativesAreLoadedSafely() {
        for (String other :
                new String[] {
                    "jcuda.runtime.JCuda", "jcuda.jcublas.JCublas", "jcuda.nvrtc.JNvPTXCompiler"
                }) {
            noClasses()
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName(other)
                    .because("its native would come from a shared folder, see JCudaNatives")
                    .check(CLASSES);
        }
    }
}
