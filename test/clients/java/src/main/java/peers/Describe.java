package peers;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the SDK recorded, in the JSON form of the peer programs. */
final class Describe {
  private Describe() {}

  static Map<String, Object> span(SpanData span) {
    SpanContext parent = span.getParentSpanContext();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("traceId", span.getTraceId());
    result.put("spanId", span.getSpanId());
    result.put("parentSpanId", parent.isValid() ? parent.getSpanId() : "");
    result.put("traceState", state(span.getSpanContext().getTraceState()));
    result.put("name", span.getName());
    result.put("kind", lower(span.getKind()));
    result.put("startNano", Long.toString(span.getStartEpochNanos()));
    result.put("endNano", Long.toString(span.getEndEpochNanos()));
    result.put("attributes", attributes(span.getAttributes()));
    result.put("events", span.getEvents().stream().map(Describe::event).toList());
    result.put("links", span.getLinks().stream().map(Describe::link).toList());
    result.put(
        "status",
        Map.of(
            "code", lower(span.getStatus().getStatusCode()),
            "message", span.getStatus().getDescription()));
    result.put("resource", attributes(span.getResource().getAttributes()));
    var scope = span.getInstrumentationScopeInfo();
    result.put(
        "scope",
        Map.of(
            "name", scope.getName(),
            "version", scope.getVersion() == null ? "" : scope.getVersion(),
            "attributes", attributes(scope.getAttributes())));
    return result;
  }

  private static Map<String, Object> event(EventData event) {
    return Map.of(
        "name", event.getName(),
        "timeNano", Long.toString(event.getEpochNanos()),
        "attributes", attributes(event.getAttributes()));
  }

  private static Map<String, Object> link(LinkData link) {
    return Map.of(
        "traceId", link.getSpanContext().getTraceId(),
        "spanId", link.getSpanContext().getSpanId(),
        "traceState", state(link.getSpanContext().getTraceState()),
        "attributes", attributes(link.getAttributes()));
  }

  private static String state(TraceState state) {
    return state.asMap().entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> attributes(Attributes attributes) {
    Map<String, Object> result = new LinkedHashMap<>();
    attributes.forEach((key, value) -> result.put(key.getKey(), value(value)));
    return result;
  }

  private static Map<String, Object> value(Object held) {
    if (held instanceof String) {
      return Map.of("string", held);
    }
    if (held instanceof Boolean) {
      return Map.of("bool", held);
    }
    if (held instanceof Long) {
      return Map.of("int", held.toString());
    }
    if (held instanceof Double) {
      return Map.of("double", held);
    }
    if (held instanceof List<?> list) {
      return Map.of("array", list.stream().map(Describe::value).toList());
    }
    if (held instanceof Value<?> value) {
      return anyValue(value);
    }
    throw new IllegalArgumentException("unknown attribute type " + held.getClass());
  }

  private static Map<String, Object> anyValue(Value<?> value) {
    return switch (value.getType()) {
      case BYTES -> {
        ByteBuffer buffer = ((ByteBuffer) value.getValue()).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        yield Map.of("bytes", Base64.getEncoder().encodeToString(bytes));
      }
      case KEY_VALUE_LIST -> {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Object entry : (List<?>) value.getValue()) {
          KeyValue pair = (KeyValue) entry;
          entries.put(pair.getKey(), anyValue(pair.getValue()));
        }
        yield Map.of("map", entries);
      }
      case EMPTY -> Map.of();
      default -> value(value.getValue());
    };
  }
}
