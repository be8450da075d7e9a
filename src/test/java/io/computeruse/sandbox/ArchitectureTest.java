package io.computeruse.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.pulumi.resources.ComponentResource;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: from App to the stack, to the components, to the values. */
class ArchitectureTest {
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.computeruse.sandbox");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.computeruse.sandbox.(*)..")
                .should()
                .beFreeOfCycles()
                .check(PROGRAM);
    }

    @Test
    void onlyTheStackSeesPulumisContext() {
        noClasses()
                .that()
                .doNotHaveSimpleName("SandboxStack")
                .and()
                .doNotHaveSimpleName("App")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.pulumi.Context")
                .check(PROGRAM);
    }

    @Test
    void componentsNeverReadTheConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..config..")
                .and()
                .doNotHaveSimpleName("SandboxStack")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.pulumi.Config")
                .check(PROGRAM);
    }

    @Test
    void valuesDependOnNoResources() {
        noClasses()
                .that()
                .resideInAPackage("..config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.pulumi.resources..", "com.pulumi.aws..", "com.pulumi.core..")
                .check(PROGRAM);
    }

    @Test
    void componentsAreFinal() {
        classes()
                .that()
                .areAssignableTo(ComponentResource.class)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(PROGRAM);
    }
}
