package peers;

import com.google.gson.Gson;
import io.jaegertracing.internal.JaegerTracer;
import io.jaegertracing.internal.reporters.NoopReporter;
import io.jaegertracing.internal.samplers.HttpSamplingManager;
import io.jaegertracing.internal.samplers.ProbabilisticSampler;
import io.jaegertracing.internal.samplers.RemoteControlledSampler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks a gateway what to sample with Jaeger's client for Java, and prints what is kept: a line of
 * JSON about every 50 ms until its input ends.
 */
public final class JaegerSampling {
  private static final int SPANS_EACH = 500;

  private JaegerSampling() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    String service = options.getOrDefault("--service", "cart");
    RemoteControlledSampler sampler =
        new RemoteControlledSampler.Builder(service)
            .withSamplingManager(new HttpSamplingManager(options.get("--endpoint")))
            .withInitialSampler(new ProbabilisticSampler(0.001))
            .withPollingInterval(Integer.parseInt(options.getOrDefault("--poll-ms", "1000")))
            .build();
    JaegerTracer tracer =
        new JaegerTracer.Builder(service)
            .withReporter(new NoopReporter())
            .withSampler(sampler)
            .build();
    Gson gson = new Gson();
    String[] operations = options.getOrDefault("--operations", "GET /cart").split(",");
    endWithInput();
    while (true) {
      Map<String, Integer> kept = new HashMap<>();
      for (String operation : operations) {
        int sampled = 0;
        for (int span = 0; span < SPANS_EACH; span++) {
          if (tracer.buildSpan(operation).start().context().isSampled()) {
            sampled++;
          }
        }
        kept.put(operation, sampled);
      }
      System.out.println(gson.toJson(Map.of("made", SPANS_EACH, "kept", kept)));
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
