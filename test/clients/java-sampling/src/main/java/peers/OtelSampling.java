package peers;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.extension.trace.jaeger.sampler.JaegerRemoteSampler;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;

/**
 * Asks a gateway what to sample with OpenTelemetry's remote sampler for Java, over gRPC, and prints
 * what is kept: a line of JSON about every 50 ms until its input ends.
 */
public final class OtelSampling {
  private OtelSampling() {}

  public static void main(String[] args) throws Exception {
    Rounds rounds = new Rounds(args);
    JaegerRemoteSampler sampler =
        JaegerRemoteSampler.builder()
            .setEndpoint("http://" + rounds.endpoint())
            .setServiceName(rounds.service())
            .setPollingInterval(Duration.ofMillis(rounds.pollMs()))
            .setInitialSampler(Sampler.alwaysOff())
            .build();
    SdkTracerProviderBuilder provider = SdkTracerProvider.builder().setSampler(sampler);
    if (rounds.report() != null) {
      report(provider, rounds);
    }
    Tracer tracer = provider.build().get("peer");
    rounds.run(
        operation -> {
          Span span = tracer.spanBuilder(operation).setParent(Context.root()).startSpan();
          span.end();
          return span.getSpanContext().isSampled();
        });
  }

  private static void report(SdkTracerProviderBuilder provider, Rounds rounds) {
    OtlpGrpcSpanExporter exporter =
        OtlpGrpcSpanExporter.builder().setEndpoint("http://" + rounds.report()).build();
    provider
        .addSpanProcessor(
            BatchSpanProcessor.builder(exporter).setScheduleDelay(Duration.ofMillis(100)).build())
        .setResource(
            Resource.create(
                Attributes.of(AttributeKey.stringKey("service.name"), rounds.service())));
  }
}
