package generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.codec.SpanBytesEncoder;

/**
 * Writes the input of test/golden/zipkin/in by Zipkin's own codecs for Java, in the version that
 * pom.xml pins: the same 100 spans in four encodings, and what Zipkin makes of spans of v1.
 *
 * <pre>mvn --quiet package && java -jar target/generate.jar ../in</pre>
 *
 * For each {@code old-NAME.v1.json} of the folder, which are written by hand, it writes
 * {@code old-NAME.zipkin-3.5.1.v2.json}, the spans of v2 that Zipkin takes them for.
 */
public final class Generate {
  static final String VERSION = ".zipkin-3.5.1";

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    write(folder, "spans", randomSpans(new Random(5), false));
    // The Collector reads neither ids of 64 bits in protobuf nor addresses in JSON of v1.
    write(folder, "plain", randomSpans(new Random(6), true));
    try (var paths = Files.newDirectoryStream(folder, "old-*.v1.json")) {
      for (Path path : paths) {
        String name = path.getFileName().toString().replace(".v1.json", "");
        List<Span> converted = SpanBytesDecoder.JSON_V1.decodeList(Files.readAllBytes(path));
        write(folder, name + VERSION + ".v2.json", SpanBytesEncoder.JSON_V2.encodeList(converted));
      }
    }
  }

  /** The spans in each encoding, and what Zipkin reads of those of v1. */
  static void write(Path folder, String name, List<Span> spans) throws IOException {
    byte[] json = SpanBytesEncoder.JSON_V1.encodeList(spans);
    byte[] thrift = SpanBytesEncoder.THRIFT.encodeList(spans);
    write(folder, name + VERSION + ".v2.json", SpanBytesEncoder.JSON_V2.encodeList(spans));
    write(folder, name + VERSION + ".v2.proto.bin", SpanBytesEncoder.PROTO3.encodeList(spans));
    write(folder, name + VERSION + ".v1.json", json);
    write(folder, name + VERSION + ".v1.thrift.bin", thrift);
    write(folder, name + "-of-v1-json" + VERSION + ".v2.json",
        SpanBytesEncoder.JSON_V2.encodeList(SpanBytesDecoder.JSON_V1.decodeList(json)));
    write(folder, name + "-of-v1-thrift" + VERSION + ".v2.json",
        SpanBytesEncoder.JSON_V2.encodeList(SpanBytesDecoder.THRIFT.decodeList(thrift)));
  }

  static List<Span> randomSpans(Random random, boolean isPlain) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Span.Builder span = Span.newBuilder()
          .traceId(isPlain || random.nextBoolean() ? random.nextLong() | 1 : 0, random.nextLong() | 1)
          .id(random.nextLong() | 1);
      if (random.nextInt(4) > 0) span.parentId(random.nextLong() | 1);
      if (random.nextInt(10) > 0) span.name("get /" + text(random));
      Span.Kind[] kinds = Span.Kind.values();
      int kind = random.nextInt(kinds.length + 1);
      if (kind < kinds.length) span.kind(kinds[kind]);
      if (random.nextInt(20) > 0) span.timestamp(1_795_000_000_000_000L + random.nextInt(1 << 30));
      if (random.nextInt(10) > 0) span.duration(1 + random.nextInt(1 << 20));
      if (random.nextInt(10) > 0) span.localEndpoint(endpoint(random));
      if (!isPlain && random.nextBoolean()) span.remoteEndpoint(endpoint(random));
      for (int n = random.nextInt(4); n > 0; n--) {
        span.addAnnotation(1_795_000_000_000_000L + random.nextInt(1 << 30), text(random));
      }
      for (int n = random.nextInt(5); n > 0; n--) span.putTag(key(random), text(random));
      if (random.nextInt(5) == 0) span.debug(true);
      if (random.nextInt(5) == 0) span.shared(true);
      spans.add(span.build());
    }
    return spans;
  }

  static Endpoint endpoint(Random random) {
    Endpoint.Builder endpoint = Endpoint.newBuilder();
    if (random.nextInt(5) > 0) endpoint.serviceName("service-" + random.nextInt(5));
    int ip = random.nextInt(4);
    if (ip == 1 || ip == 3) endpoint.parseIp("10.0." + random.nextInt(256) + "." + random.nextInt(256));
    if (ip >= 2) endpoint.parseIp("2001:db8::" + Integer.toHexString(1 + random.nextInt(65535)));
    if (random.nextBoolean()) endpoint.port(1 + random.nextInt(65535));
    return endpoint.build();
  }

  static String key(Random random) {
    String[] keys = {"http.method", "http.path", "error", "host.name", "otel.status_code",
        "otel.scope.name", "span.kind", "w3c.tracestate", "ключ", "k\"ey", "service.version"};
    return keys[random.nextInt(keys.length)];
  }

  static String text(Random random) {
    String[] texts = {"a", "true", "Error", "tab\tquote\"backslash\\", "grüße 🚀", "/cart?x=<1>&y",
        "internal", "x".repeat(200), "\u2028line", "12"};
    return texts[random.nextInt(texts.length)];
  }

  static void write(Path folder, String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }
}
