package peers;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Sends the cart story with the OpenTelemetry SDK for Java over OTLP gRPC or HTTP and prints what
 * the SDK recorded; with --rate it sends spans at a steady rate instead.
 */
public final class OtlpSdk {
  private static final long FLUSH_SECONDS = 25;

  private OtlpSdk() {}

  public static void main(String[] args) {
    Map<String, String> options = readOptions(args);
    String run = options.getOrDefault("run", "run");
    if (options.containsKey("rate")) {
      print(new SpanLoad(options).run(run));
      System.exit(0);
    }
    long startMs =
        Long.parseLong(
            options.getOrDefault("start-ms", Long.toString(System.currentTimeMillis() - 60_000)));
    SpanExporter exporter = createExporter(options);
    Recorder recorder = new Recorder(exporter);
    SdkTracerProvider shop = provider("java-shop", run, batches(recorder));
    SdkTracerProvider stock = provider("java-stock", run, batches(recorder));
    Story story = new Story(run, tracer(shop), tracer(stock));
    int traces = Integer.parseInt(options.getOrDefault("traces", "1"));
    for (int i = 0; i < traces; i++) {
      story.tell(i, startMs + i * 1000L);
    }
    boolean flushed = finished(shop.shutdown()) & finished(stock.shutdown());
    boolean closed = finished(exporter.shutdown());
    if (!flushed || !closed || recorder.failed) {
      System.err.println("OtlpSdk: an export failed");
      System.exit(1);
    }
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("client", "java");
    sent.put("spans", recorder.sent.stream().map(Describe::span).toList());
    print(sent);
    System.exit(0);
  }

  private static SpanExporter createExporter(Map<String, String> options) {
    String endpoint = "http://" + options.getOrDefault("endpoint", "127.0.0.1:4317");
    String compression = options.containsKey("gzip") ? "gzip" : "none";
    Duration timeout = Duration.ofSeconds(20);
    String protocol = options.getOrDefault("protocol", "grpc");
    if (protocol.equals("http/json")) {
      return new JsonExporter(endpoint + "/v1/traces", compression, timeout);
    }
    if (protocol.equals("http/protobuf")) {
      return OtlpHttpSpanExporter.builder()
          .setEndpoint(endpoint + "/v1/traces")
          .setCompression(compression)
          .setTimeout(timeout)
          .build();
    }
    return OtlpGrpcSpanExporter.builder()
        .setEndpoint(endpoint)
        .setCompression(compression)
        .setTimeout(timeout)
        .build();
  }

  private static void print(Map<String, Object> document) {
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println(Json.write(document));
  }

  private static boolean finished(CompletableResultCode result) {
    return result.join(FLUSH_SECONDS, TimeUnit.SECONDS).isSuccess();
  }

  /** Reads {@code --name value}; {@code --gzip} stands alone. */
  private static Map<String, String> readOptions(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].substring(2);
      options.put(name, name.equals("gzip") ? "" : args[++i]);
    }
    return options;
  }

  private static SpanProcessor batches(SpanExporter exporter) {
    return BatchSpanProcessor.builder(exporter).build();
  }

  static SdkTracerProvider provider(String service, String run, SpanProcessor processor) {
    Attributes attributes =
        Attributes.builder()
            .put("service.name", service)
            .put("service.version", "1.4.0")
            .put("test.run", run)
            .put(AttributeKey.longKey("host.cpus"), 8L)
            .build();
    return SdkTracerProvider.builder()
        .setResource(Resource.getDefault().merge(Resource.create(attributes)))
        .addSpanProcessor(processor)
        .build();
  }

  static Tracer tracer(SdkTracerProvider provider) {
    return provider.tracerBuilder("cart").setInstrumentationVersion("1.2.3").build();
  }

  /** Remembers every span it hands on, and whether an export failed. */
  private static final class Recorder implements SpanExporter {
    private final SpanExporter next;
    private final List<SpanData> sent = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean failed;

    Recorder(SpanExporter next) {
      this.next = next;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      sent.addAll(spans);
      CompletableResultCode result = next.export(spans);
      result.whenComplete(
          () -> {
            if (!result.isSuccess()) {
              failed = true;
            }
          });
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return next.flush();
    }

    /** The exporter is shared by two providers; main shuts it down. */
    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
