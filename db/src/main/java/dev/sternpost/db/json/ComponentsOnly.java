package dev.sternpost.db.json;

import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/** Leaves out what looks like a property of a record but is none of its components, such as {@code isConnected()}. */
final class ComponentsOnly extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean hasIgnoreMarker(MapperConfig<?> config, AnnotatedMember member) {
        if (member instanceof AnnotatedMethod method
                && member.getDeclaringClass().isRecord()) {
            for (var component : member.getDeclaringClass().getRecordComponents()) {
                if (component.getName().equals(method.getName())) {
                    return false;
                }
            }
            return true;
        }
        return super.hasIgnoreMarker(config, member);
    }
}
