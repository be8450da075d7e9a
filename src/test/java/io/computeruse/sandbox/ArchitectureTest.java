package io.computeruse.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way: App, stack, components, values. */
@AnalyzeClasses(packages = "io.computeruse.sandbox", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.computeruse.sandbox.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheStackSeesPulumisContext = noClasses()
            .that()
            .doNotHaveSimpleName("SandboxStack")
            .and()
            .doNotHaveSimpleName("App")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("com.pulumi.Context");

    @ArchTest
    static final ArchRule componentsNeverReadTheConfiguration = noClasses()
            .that()
            .resideOutsideOfPackage("..config..")
            .and()
            .doNotHaveSimpleName("SandboxStack")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("com.pulumi.Config");

    @ArchTest
    static final ArchRule valuesKnowNoResources = noClasses()
            .that()
            .resideInAPackage("..config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.pulumi.resources..", "com.pulumi.aws..", "com.pulumi.core..");

    @ArchTest
    static final ArchRule componentsAreFinal = classes()
            .that()
            .areAssignableTo(com.pulumi.resources.ComponentResource.class)
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
}
