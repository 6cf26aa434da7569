package peers;

import io.jaegertracing.internal.JaegerSpan;
import io.jaegertracing.internal.JaegerTracer;
import io.jaegertracing.internal.reporters.NoopReporter;
import io.jaegertracing.internal.reporters.RemoteReporter;
import io.jaegertracing.internal.samplers.HttpSamplingManager;
import io.jaegertracing.internal.samplers.ProbabilisticSampler;
import io.jaegertracing.internal.samplers.RemoteControlledSampler;
import io.jaegertracing.spi.Reporter;
import io.jaegertracing.thrift.internal.senders.HttpSender;

/**
 * Asks a gateway what to sample with Jaeger's client for Java, and prints what is kept: a line of
 * JSON about every 50 ms until its input ends.
 */
public final class JaegerSampling {
  private JaegerSampling() {}

  public static void main(String[] args) throws Exception {
    Rounds rounds = new Rounds(args);
    RemoteControlledSampler sampler =
        new RemoteControlledSampler.Builder(rounds.service())
            .withSamplingManager(new HttpSamplingManager(rounds.endpoint()))
            .withInitialSampler(new ProbabilisticSampler(0.001))
            .withPollingInterval(rounds.pollMs())
            .build();
    JaegerTracer tracer =
        new JaegerTracer.Builder(rounds.service())
            .withReporter(reporter(rounds.report()))
            .withSampler(sampler)
            .build();
    rounds.run(
        operation -> {
          JaegerSpan span = tracer.buildSpan(operation).start();
          span.finish();
          return span.context().isSampled();
        });
  }

  private static Reporter reporter(String collector) throws Exception {
    if (collector == null) {
      return new NoopReporter();
    }
    String url = "http://" + collector + "/api/traces?format=jaeger.thrift";
    return new RemoteReporter.Builder()
        .withSender(new HttpSender.Builder(url).build())
        .withFlushInterval(100)
        .withMaxQueueSize(10_000)
        .build();
  }
}
