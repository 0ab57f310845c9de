package io.ashlar.ops.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ashlar.base.ObjectName;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Function;

/// JSON in and out, as trees only: nothing that a client sends ever chooses a class.
final class Json {

    private static final int MAX_DEPTH = 16;
    private static final int MAX_TEXT_CHARACTERS = 64 * 1024;
    private static final int MAX_NUMBER_CHARACTERS = 40;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_TEXT_CHARACTERS)
                            .maxNumberLength(MAX_NUMBER_CHARACTERS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static <T> ArrayNode array(Collection<T> items, Function<T, ? extends JsonNode> view) {
        var array = MAPPER.createArrayNode();
        items.forEach(item -> array.add(view.apply(item)));
        return array;
    }

    static ArrayNode texts(Collection<String> texts) {
        var array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }

    /// @throws Refused with what is wrong, when the bytes are not one JSON object
    static ObjectNode parse(byte[] bytes) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw Refused.invalid(
                    "the body is not JSON that is accepted here: " + ObjectName.printable(e.getOriginalMessage())
                            + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"),
                    "send one JSON object in UTF-8");
        } catch (IOException e) {
            throw Refused.invalid("the body is not UTF-8 text", "send one JSON object in UTF-8");
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw Refused.invalid("the body is not a JSON object", "send one JSON object in UTF-8");
    }
}
