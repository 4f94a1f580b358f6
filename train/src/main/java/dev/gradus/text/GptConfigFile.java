package dev.gradus.text;

import dev.gradus.io.AtomicFile;
import dev.gradus.nn.Gpt;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The sizes of a {@link Gpt} as a JSON object, such as {@code {"architecture": "gradus.gpt",
 * "vocabulary": 97, "context": 64, "layers": 4, "heads": 4, "width": 128, "dropout": 0.0}}.
 */
final class GptConfigFile {
    private static final String ARCHITECTURE = "gradus.gpt";
    private static final JsonFactory JSON = new JsonFactory();

    private GptConfigFile() {}

    static void write(Path file, Gpt.Config config) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    var context =
                            new ObjectWriteContext.Base() {
                                @Override
                                public DefaultPrettyPrinter getPrettyPrinter() {
                                    return new DefaultPrettyPrinter();
                                }
                            };
                    try (JsonGenerator json = JSON.createGenerator(context, out)) {
                        json.writeStartObject();
                        json.writeStringProperty("architecture", ARCHITECTURE);
                        json.writeNumberProperty("vocabulary", config.vocabulary());
                        json.writeNumberProperty("context", config.context());
                        json.writeNumberProperty("layers", config.layers());
                        json.writeNumberProperty("heads", config.heads());
                        json.writeNumberProperty("width", config.width());
                        json.writeNumberProperty("dropout", config.dropout());
                        json.writeEndObject();
                    }
                });
    }

    /**
     * Reads one.
     *
     * @throws IOException if it is no such file; names the field that is missing or wrong
     */
    static Gpt.Config read(Path file) throws IOException {
        Map<String, Object> fields = fields(file);
        Object architecture = fields.get("architecture");
        if (!ARCHITECTURE.equals(architecture)) {
            throw new IOException(
                    "%s: \"architecture\" is %s, and must be \"%s\""
                            .formatted(
                                    file,
                                    architecture == null
                                            ? "missing"
                                            : '"' + architecture.toString() + '"',
                                    ARCHITECTURE));
        }
        try {
            return new Gpt.Config(
                    size(file, fields, "vocabulary"),
                    size(file, fields, "context"),
                    size(file, fields, "layers"),
                    size(file, fields, "heads"),
                    size(file, fields, "width"),
                    number(file, fields, "dropout"));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static int size(Path file, Map<String, Object> fields, String name) throws IOException {
        double number = number(file, fields, name);
        if (number != (int) number) {
            throw new IOException(
                    "%s: \"%s\" is %s, and must be a whole number".formatted(file, name, number));
        }
        return (int) number;
    }

    private static double number(Path file, Map<String, Object> fields, String name)
            throws IOException {
        if (fields.get(name) instanceof Double number) {
            return number;
        }
        throw new IOException(
                "%s: \"%s\" is %s, and must be a number"
                        .formatted(file, name, fields.containsKey(name) ? "a text" : "missing"));
    }

    /** The strings and numbers of an object without anything nested. */
    private static Map<String, Object> fields(Path file) throws IOException {
        Map<String, Object> fields = new HashMap<>();
        try (var in = Files.newInputStream(file);
                JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException(file + " must be a JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                switch (json.nextToken()) {
                    case VALUE_STRING -> fields.put(name, json.getString());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                            fields.put(name, json.getDoubleValue());
                    default ->
                            throw new IOException(
                                    "%s: \"%s\" must be a text or a number".formatted(file, name));
                }
            }
            return fields;
        } catch (JacksonException e) {
            throw new IOException(file + " is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
