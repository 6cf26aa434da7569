package peers;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Makes spans at a steady rate, and says which the exporter was told were taken. */
final class SpanLoad {
  private static final int SPANS_PER_TRACE = 50;
  /** As many as RetryPolicy allows. */
  private static final int ATTEMPTS = 5;

  private final String endpoint;
  private final int rate;
  private final Duration duration;
  /** How long the SDK may keep a span and try again; zero leaves queue and retries as it has them. */
  private final Duration patience;

  SpanLoad(Map<String, String> options) {
    endpoint = options.getOrDefault("endpoint", "127.0.0.1:4317");
    rate = Integer.parseInt(options.get("rate"));
    duration = seconds(options.getOrDefault("duration", "10s"));
    patience = seconds(options.getOrDefault("patience", "0s"));
  }

  /** Sends, waits until all is answered or given up, and tells what became of the spans. */
  Map<String, Object> run(String run) {
    RetryLog retries = new RetryLog();
    OtlpGrpcSpanExporterBuilder exporterBuilder =
        OtlpGrpcSpanExporter.builder().setEndpoint("http://" + endpoint);
    if (!patience.isZero()) {
      exporterBuilder.setTimeout(patience);
      exporterBuilder.setRetryPolicy(
          RetryPolicy.builder()
              .setMaxAttempts(ATTEMPTS)
              .setInitialBackoff(patience.dividedBy(ATTEMPTS))
              .setMaxBackoff(patience.dividedBy(ATTEMPTS))
              .build());
    }
    Ledger ledger = new Ledger(exporterBuilder.build());
    BatchSpanProcessorBuilder processor = BatchSpanProcessor.builder(ledger);
    Duration flush = Duration.ofSeconds(30);
    if (!patience.isZero()) {
      flush = patience;
      long queued = rate * duration.plus(patience).toSeconds();
      processor.setMaxQueueSize(Math.toIntExact(queued)).setExporterTimeout(patience);
    }
    SdkTracerProvider provider = OtlpSdk.provider("java-load", run, processor.build());
    Map<String, List<String>> made = makeSpans(OtlpSdk.tracer(provider), run);
    // What could not be delivered is in the ledger.
    provider.shutdown().join(flush.toSeconds(), TimeUnit.SECONDS);
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("client", "java");
    sent.put("made", made);
    synchronized (ledger.delivered) {
      sent.put("delivered", new LinkedHashMap<>(ledger.delivered));
    }
    sent.put("failedExports", ledger.failed);
    sent.put("refusals", retries.refusals);
    sent.put("refusalsRetryInfo", retries.withDetails);
    return sent;
  }

  private static Duration seconds(String text) {
    return Duration.parse("PT" + text.toUpperCase(java.util.Locale.ROOT));
  }

  private Map<String, List<String>> makeSpans(Tracer tracer, String run) {
    Map<String, List<String>> made = new LinkedHashMap<>();
    long start = System.nanoTime();
    Context parent = Context.root();
    int count = 0;
    while (true) {
      long elapsed = Math.min(System.nanoTime() - start, duration.toNanos());
      for (; count < elapsed / 1e9 * rate; count++) {
        boolean isRoot = count % SPANS_PER_TRACE == 0;
        Span span =
            tracer
                .spanBuilder("GET /cart")
                .setParent(isRoot ? Context.root() : parent)
                .setAllAttributes(attributes(run, count))
                .startSpan();
        span.end();
        if (isRoot) {
          parent = Context.root().with(span);
        }
        add(made, span.getSpanContext());
      }
      if (elapsed == duration.toNanos()) {
        return made;
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static Attributes attributes(String run, int count) {
    return Attributes.builder()
        .put("http.route", "/cart")
        .put("test.run", run)
        .put("http.status_code", 200L)
        .put("cart.number", (long) count)
        .put("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        .put("cart.total", 12.5 + count)
        .build();
  }

  private static void add(Map<String, List<String>> spans, SpanContext span) {
    spans.computeIfAbsent(span.getTraceId(), id -> new ArrayList<>()).add(span.getSpanId());
  }

  /** Remembers which spans an exporter was told were taken. */
  private static final class Ledger implements SpanExporter {
    private final SpanExporter next;
    private final Map<String, List<String>> delivered = new LinkedHashMap<>();
    private volatile int failed;

    Ledger(SpanExporter next) {
      this.next = next;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      List<SpanContext> ids = spans.stream().map(SpanData::getSpanContext).toList();
      CompletableResultCode result = next.export(spans);
      result.whenComplete(
          () -> {
            synchronized (delivered) {
              if (result.isSuccess()) {
                ids.forEach(id -> add(delivered, id));
              } else {
                failed++;
              }
            }
          });
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return next.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return next.shutdown();
    }
  }

  /** Counts answers that the exporter tries again after, which only its log tells. */
  private static final class RetryLog extends Handler {
    // Held, or the level set on it would be gone with it.
    private final Logger logger =
        Logger.getLogger("io.opentelemetry.exporter.sender.okhttp.internal.RetryInterceptor");
    private int refusals;
    private int withDetails;

    RetryLog() {
      logger.setLevel(Level.FINER);
      logger.setUseParentHandlers(false);
      logger.addHandler(this);
      setLevel(Level.ALL);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
      String message = entry.getMessage();
      if (!message.contains("returned retryable response")) {
        return;
      }
      refusals++;
      if (message.contains("grpc-status-details-bin")) {
        withDetails++;
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
