package peers;

import com.google.gson.Gson;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.extension.trace.jaeger.sampler.JaegerRemoteSampler;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks a gateway what to sample with OpenTelemetry's remote sampler for Java, over gRPC, and prints
 * what is kept: a line of JSON about every 50 ms until its input ends.
 */
public final class OtelSampling {
  private static final int SPANS_EACH = 500;

  private OtelSampling() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    JaegerRemoteSampler sampler =
        JaegerRemoteSampler.builder()
            .setEndpoint("http://" + options.get("--endpoint"))
            .setServiceName(options.getOrDefault("--service", "cart"))
            .setPollingInterval(
                Duration.ofMillis(Long.parseLong(options.getOrDefault("--poll-ms", "1000"))))
            .setInitialSampler(Sampler.alwaysOff())
            .build();
    Tracer tracer = SdkTracerProvider.builder().setSampler(sampler).build().get("peer");
    String[] operations = options.getOrDefault("--operations", "GET /cart").split(",");
    Gson gson = new Gson();
    endWithInput();
    while (true) {
      Map<String, Object> kept = new LinkedHashMap<>();
      for (String operation : operations) {
        int sampled = 0;
        for (int span = 0; span < SPANS_EACH; span++) {
          if (tracer
              .spanBuilder(operation)
              .setParent(Context.root())
              .startSpan()
              .getSpanContext()
              .isSampled()) {
            sampled++;
          }
        }
        kept.put(operation, sampled);
      }
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("made", SPANS_EACH);
      line.put("kept", kept);
      System.out.println(gson.toJson(line));
      Thread.sleep(50);
    }
  }

  private static void endWithInput() {
    Thread reader =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException error) {
                System.err.println(error);
              }
              System.exit(0);
            });
    reader.setDaemon(true);
    reader.start();
  }
}
