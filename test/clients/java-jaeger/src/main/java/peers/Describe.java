package peers;

import io.jaegertracing.internal.JaegerSpan;
import io.jaegertracing.thrift.internal.reporters.protocols.JaegerThriftSpanConverter;
import io.jaegertracing.thriftjava.Log;
import io.jaegertracing.thriftjava.Span;
import io.jaegertracing.thriftjava.SpanRef;
import io.jaegertracing.thriftjava.SpanRefType;
import io.jaegertracing.thriftjava.Tag;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the client recorded, in the JSON form of the peer programs, before it is encoded. */
final class Describe {
  private Describe() {}

  static Map<String, Object> span(JaegerSpan recorded) {
    Span span = JaegerThriftSpanConverter.convertSpan(recorded);
    List<Tag> process = JaegerThriftSpanConverter.buildTags(recorded.getTracer().tags());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("traceId", hex(span.traceIdHigh) + hex(span.traceIdLow));
    result.put("spanId", hex(span.spanId));
    result.put("operationName", span.operationName);
    result.put("references", references(span));
    result.put("flags", span.flags);
    result.put("startNano", nano(span.startTime));
    result.put("durationNano", nano(span.duration));
    result.put("tags", tags(span.tags));
    result.put("logs", list(span.logs).stream().map(Describe::log).toList());
    result.put("process", Map.of("serviceName", recorded.getServiceName(), "tags", tags(process)));
    result.put("warnings", List.of());
    return result;
  }

  /** A parent that is the only reference is a field of its own, and no reference. */
  private static List<Map<String, Object>> references(Span span) {
    if (span.parentSpanId != 0 && list(span.references).isEmpty()) {
      SpanRef parent =
          new SpanRef(SpanRefType.CHILD_OF, span.traceIdLow, span.traceIdHigh, span.parentSpanId);
      return List.of(reference(parent));
    }
    return list(span.references).stream().map(Describe::reference).toList();
  }

  private static Map<String, Object> reference(SpanRef ref) {
    return Map.of(
        "type", ref.refType.name(),
        "traceId", hex(ref.traceIdHigh) + hex(ref.traceIdLow),
        "spanId", hex(ref.spanId));
  }

  private static Map<String, Object> log(Log log) {
    return Map.of("timeNano", nano(log.timestamp), "fields", tags(log.fields));
  }

  private static List<Map<String, Object>> tags(List<Tag> tags) {
    return list(tags).stream()
        .map(tag -> Map.<String, Object>of("key", tag.key, "value", value(tag)))
        .toList();
  }

  private static Map<String, Object> value(Tag tag) {
    return switch (tag.vType) {
      case DOUBLE -> Map.of("double", tag.vDouble);
      case BOOL -> Map.of("bool", tag.vBool);
      case LONG -> Map.of("int", Long.toString(tag.vLong));
      case BINARY -> Map.of("bytes", Base64.getEncoder().encodeToString(tag.getVBinary()));
      default -> Map.of("string", tag.vStr);
    };
  }

  private static <T> List<T> list(List<T> held) {
    return held == null ? List.of() : held;
  }

  private static String hex(long id) {
    return String.format("%016x", id);
  }

  private static String nano(long micros) {
    return Long.toString(micros * 1000);
  }
}
