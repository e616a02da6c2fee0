package dev.sternpost.tidy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Conditions that ArchUnit does not bring along. */
final class Rules {
    private Rules() {}

    static ArchCondition<JavaClass> haveConstructorsWithAtMost(int parametersMax) {
        return new ArchCondition<>("have constructors with at most " + parametersMax + " parameters") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getConstructors().stream()
                        .filter(c -> c.getRawParameterTypes().size() > parametersMax)
                        .forEach(c -> events.add(SimpleConditionEvent.violated(
                                c,
                                c.getFullName() + " takes "
                                        + c.getRawParameterTypes().size())));
            }
        };
    }
}
