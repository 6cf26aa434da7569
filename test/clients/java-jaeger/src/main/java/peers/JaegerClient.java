package peers;

import com.google.gson.Gson;
import io.jaegertracing.internal.JaegerSpan;
import io.jaegertracing.internal.JaegerTracer;
import io.jaegertracing.internal.reporters.CompositeReporter;
import io.jaegertracing.internal.reporters.InMemoryReporter;
import io.jaegertracing.internal.reporters.RemoteReporter;
import io.jaegertracing.internal.samplers.ConstSampler;
import io.jaegertracing.spi.Sender;
import io.jaegertracing.thrift.internal.senders.HttpSender;
import io.jaegertracing.thrift.internal.senders.UdpSender;
import io.opentracing.References;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends the order story with Jaeger's client for Java, over UDP to an agent or over HTTP to a
 * collector, and prints what the client recorded.
 */
public final class JaegerClient {
  private JaegerClient() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    String endpoint = options.get("--endpoint");
    InMemoryReporter recorded = new InMemoryReporter();
    RemoteReporter remote =
        new RemoteReporter.Builder()
            .withSender(sender(options.getOrDefault("--protocol", "udp"), endpoint))
            .withFlushInterval(60_000)
            .build();
    try (JaegerTracer tracer =
        new JaegerTracer.Builder("java-client-orders")
            .withReporter(new CompositeReporter(remote, recorded))
            .withSampler(new ConstSampler(true))
            .withTraceId128Bit()
            .withTag("canary", true)
            .withTag("pid", 9007199254740993L)
            .withTag("weight", 0.75)
            .withTag("zone", "Zürich")
            .build()) {
      long startMs = Long.parseLong(options.get("--start-ms"));
      for (int i = 0; i < Integer.parseInt(options.get("--traces")); i++) {
        order(tracer, options.get("--run"), i, (startMs + i * 1000L) * 1000);
      }
      List<Map<String, Object>> spans = recorded.getSpans().stream().map(Describe::span).toList();
      System.out.println(new Gson().toJson(Map.of("client", "jaeger-client-java", "spans", spans)));
    }
  }

  private static Sender sender(String protocol, String endpoint) throws Exception {
    if (protocol.equals("http")) {
      return new HttpSender.Builder("http://" + endpoint + "/api/traces?format=jaeger.thrift").build();
    }
    String[] parts = endpoint.split(":");
    return new UdpSender(parts[0], Integer.parseInt(parts[1]), 0);
  }

  private static void order(JaegerTracer tracer, String run, int i, long start) {
    JaegerSpan root =
        tracer
            .buildSpan("POST /orders")
            .withStartTimestamp(start)
            .withTag("span.kind", "server")
            .withTag("test.run", run)
            .withTag("customer", "Zoë")
            .withTag("order.number", 9007199254740993L + i)
            .withTag("order.total", 12.5 + i)
            .withTag("order.gift", i % 2 == 0)
            .withTag("empty", "")
            .start();
    if (i % 2 == 1) {
      root.setTag("error", true);
      root.setTag("sampling.priority", 1);
    }
    root.setBaggageItem("tenant", "blue");
    root.log(start + 1_000, Map.of("event", "order.checked", "rows", 3, "cached", true));
    root.log(start + 4_000, Map.of("message", "no event name", "ratio", 0.1));
    JaegerSpan query =
        tracer
            .buildSpan("SELECT orders")
            .asChildOf(root)
            .withStartTimestamp(start + 2_000)
            .withTag("span.kind", "client")
            .withTag("db.system", "sqlite")
            .start();
    JaegerSpan mail =
        tracer
            .buildSpan("send mail")
            .addReference(References.FOLLOWS_FROM, query.context())
            .withStartTimestamp(start + 30_000)
            .withTag("span.kind", "consumer")
            .start();
    query.finish(start + 11_000);
    mail.finish(start + 35_000);
    root.finish(start + (20 + i) * 1_000L);
  }
}
