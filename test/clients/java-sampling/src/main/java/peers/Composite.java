package peers;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.extension.incubator.trace.samplers.ComposableSampler;
import io.opentelemetry.sdk.extension.incubator.trace.samplers.CompositeSampler;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides about trace ids with OpenTelemetry's composite sampler for Java. Each line of its input is
 * JSON, {"traceId", "ratio", "parent": {"traceFlags", "traceState"}}, the parent where there is one;
 * each line of its output says {"sampled", "traceState"}. With "old" in its first line it decides by
 * the ratio sampler that is older than that.
 */
public final class Composite {
  private Composite() {}

  public static void main(String[] args) throws Exception {
    Gson gson = new Gson();
    Map<Double, Sampler> samplers = new HashMap<>();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder output = new StringBuilder();
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      JsonObject asked = gson.fromJson(line, JsonObject.class);
      String traceId = asked.get("traceId").getAsString();
      Sampler sampler =
          samplers.computeIfAbsent(
              asked.get("ratio").getAsDouble(),
              ratio -> asked.has("old") ? Sampler.traceIdRatioBased(ratio) : composite(ratio));
      Context context = parentOf(traceId, asked.getAsJsonObject("parent"));
      SamplingResult result =
          sampler.shouldSample(
              context, traceId, "x", SpanKind.SERVER, Attributes.empty(), List.of());
      TraceState state =
          result.getUpdatedTraceState(Span.fromContext(context).getSpanContext().getTraceState());
      Map<String, Object> answer = new HashMap<>();
      answer.put("sampled", result.getDecision() == SamplingDecision.RECORD_AND_SAMPLE);
      answer.put("traceState", text(state));
      output.append(gson.toJson(answer)).append('\n');
    }
    new PrintStream(System.out, true, StandardCharsets.UTF_8).print(output);
    System.out.flush();
  }

  private static Sampler composite(double ratio) {
    return CompositeSampler.wrap(
        ComposableSampler.parentThreshold(ComposableSampler.probability(ratio)));
  }

  private static Context parentOf(String traceId, JsonObject parent) {
    if (parent == null) {
      return Context.root();
    }
    String flags = String.format("%02x", parent.get("traceFlags").getAsInt());
    Map<String, String> headers =
        Map.of(
            "traceparent", "00-" + traceId + "-0123456789abcdef-" + flags,
            "tracestate", parent.get("traceState").getAsString());
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), headers, new Getter());
  }

  private static String text(TraceState state) {
    StringBuilder text = new StringBuilder();
    state.forEach(
        (key, value) -> text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
    return text.toString();
  }

  private static final class Getter implements TextMapGetter<Map<String, String>> {
    @Override
    public Iterable<String> keys(Map<String, String> carrier) {
      return carrier.keySet();
    }

    @Override
    public String get(Map<String, String> carrier, String key) {
      return carrier.get(key);
    }
  }
}
