package dev.sternpost.cli.connection;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object with nothing but texts in it; reading it needs few classes, which counts at start-up. */
final class SmallJson {
    /** More entries than any file of ours has. */
    private static final int ENTRIES_MAX = 100;

    private SmallJson() {}

    static Map<String, String> parse(String text) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.beginObject();
            while (reader.hasNext() && entries.size() < ENTRIES_MAX) {
                String name = reader.nextName();
                if (reader.peek() == JsonToken.STRING) {
                    entries.put(name, reader.nextString());
                } else {
                    reader.skipValue();
                }
            }
        } catch (IllegalStateException e) {
            throw new IOException("not a JSON object", e);
        }
        return entries;
    }

    static String format(Map<String, String> entries) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.setIndent("  ");
            writer.beginObject();
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                writer.name(entry.getKey()).value(entry.getValue());
            }
            writer.endObject();
        }
        return text + "\n";
    }
}
