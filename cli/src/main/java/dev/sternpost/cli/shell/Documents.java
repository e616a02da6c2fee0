package dev.sternpost.cli.shell;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintStream;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Messages of the contract as JSON or YAML: the names and forms of the JSON face, with 64-bit numbers as strings, and
 * every plain field there even when it is empty, so that scripts need not ask.
 */
final class Documents {
    private static final JsonFormat.Printer JSON = JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

    private Documents() {}

    static void print(PrintStream out, OutputFormat format, Message message) {
        printText(out, format, text(message));
    }

    static void print(PrintStream out, OutputFormat format, List<? extends Message> messages) {
        StringBuilder text = new StringBuilder("[");
        for (Message message : messages) {
            text.append(text.length() == 1 ? "\n" : ",\n");
            text.append(text(message).indent(2).stripTrailing());
        }
        printText(out, format, text.append(messages.isEmpty() ? "]" : "\n]").toString());
    }

    static void printText(PrintStream out, OutputFormat format, String json) {
        out.println(format == OutputFormat.yaml ? yaml(json).stripTrailing() : json);
    }

    private static String text(Message message) {
        try {
            return JSON.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message of the contract cannot be printed", e);
        }
    }

    /** JSON is YAML, so one reads it and writes it in the other style. */
    private static String yaml(String json) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(64 << 20);
        Yaml yaml = new Yaml(new SafeConstructor(limits), new Representer(options), options);
        return yaml.dump(yaml.load(json));
    }
}
