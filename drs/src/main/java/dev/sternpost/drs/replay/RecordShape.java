package dev.sternpost.drs.replay;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How a record is taken apart and put together. */
record RecordShape(Class<?> type, String[] names, Type[] types, Method[] accessors, Constructor<?> constructor) {
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return look(type);
        }
    };

    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    private static RecordShape look(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException(type + " is no record");
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return new RecordShape(
                    type,
                    Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new),
                    Arrays.stream(components)
                            .map(RecordComponent::getGenericType)
                            .toArray(Type[]::new),
                    Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new),
                    constructor);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        }
    }

    /** An id or the like: a record of one text, written as that text. */
    boolean isText() {
        return types.length == 1 && types[0] == String.class && names[0].equals("value");
    }

    int indexOf(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException(type.getSimpleName() + " has no " + name);
    }

    @Nullable
    Object get(Object from, int component) {
        try {
            return accessors[component].invoke(from);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a component of a record cannot be read: " + type, e);
        }
    }

    /** @throws IllegalArgumentException when the record refuses the values */
    Object make(@Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("not a valid " + type.getSimpleName(), e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException("a record cannot be made: " + type, e);
        }
    }
}
