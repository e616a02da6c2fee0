package dev.sternpost.db.json;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DatacenterId;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Writes and reads records as JSON. Ids are strings, instants are ISO 8601, derived values are left out. A component
 * that is missing in what is read becomes null, zero or false, which the record's constructor may refuse: a release that
 * adds a component brings a migration that fills it.
 *
 * <p>PostgreSQL cannot keep the character U+0000, which a guest may send us; U+FFFD is kept in its place.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .annotationIntrospector(new ComponentsOnly())
            .addModule(ids())
            .build();

    private Json() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** @throws IllegalStateException when the text does not fit the type: the database was changed by another hand */
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw unreadable(type, e);
        }
    }

    public static <T> T read(JsonNode json, Class<T> type) {
        try {
            return MAPPER.treeToValue(json, type);
        } catch (JacksonException e) {
            throw unreadable(type, e);
        }
    }

    private static IllegalStateException unreadable(Class<?> type, JacksonException e) {
        return new IllegalStateException("a row does not hold a " + type.getSimpleName(), e);
    }

    /** The text as PostgreSQL can keep it. */
    public static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }

    private static SimpleModule ids() {
        SimpleModule module = new SimpleModule("sternpost");
        module.addSerializer(ManagedObjectId.class, new IdWriter());
        module.addSerializer(String.class, new TextWriter());
        id(module, ManagedObjectId.class, ManagedObjectId::parse);
        id(module, VirtualMachineId.class, VirtualMachineId::new);
        id(module, HostId.class, HostId::new);
        id(module, ClusterId.class, ClusterId::new);
        id(module, DatacenterId.class, DatacenterId::new);
        id(module, FolderId.class, FolderId::new);
        id(module, ResourcePoolId.class, ResourcePoolId::new);
        id(module, DatastoreId.class, DatastoreId::new);
        id(module, NetworkId.class, NetworkId::new);
        return module;
    }

    private static <T extends ManagedObjectId> void id(
            SimpleModule module, Class<T> type, Function<String, T> constructor) {
        module.addDeserializer(type, new IdReader<>(constructor));
    }

    private static final class IdWriter extends ValueSerializer<ManagedObjectId> {
        @Override
        public void serialize(ManagedObjectId id, JsonGenerator out, SerializationContext context) {
            out.writeString(id.value());
        }
    }

    private static final class TextWriter extends ValueSerializer<String> {
        @Override
        public void serialize(String text, JsonGenerator out, SerializationContext context) {
            out.writeString(storable(text));
        }
    }

    private static final class IdReader<T extends ManagedObjectId> extends ValueDeserializer<T> {
        private final Function<String, T> constructor;

        IdReader(Function<String, T> constructor) {
            this.constructor = constructor;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) {
            return constructor.apply(in.getString());
        }
    }
}
