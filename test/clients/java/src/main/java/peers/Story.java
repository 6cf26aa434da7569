package peers;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;

/** The traces that test/clients/README.md describes. */
final class Story {
  private static final TimeUnit NANO = TimeUnit.NANOSECONDS;
  private final String run;
  private final Tracer shop;
  private final Tracer stock;

  Story(String run, Tracer shop, Tracer stock) {
    this.run = run;
    this.shop = shop;
    this.stock = stock;
  }

  private static long at(long ms, int nanos) {
    return ms * 1_000_000 + nanos;
  }

  void tell(int i, long start) {
    boolean odd = i % 2 == 1;
    Span cart =
        shop.spanBuilder("GET /cart")
            .setNoParent()
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(at(start, 0), NANO)
            .setAllAttributes(cartAttributes(i, odd))
            .startSpan();
    Attributes loaded = Attributes.builder().put("rows", 3L).put("cached", true).build();
    cart.addEvent("cart.loaded", loaded, at(start + 1, 0), NANO);
    Context inCart = Context.root().with(cart);

    Span call =
        shop.spanBuilder("stock.Reserve")
            .setParent(inCart)
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(at(start + 5, 0), NANO)
            .setAttribute("peer.service", "java-stock")
            .startSpan();
    SpanContext reserved = reserve(call.getSpanContext(), odd, start);
    call.end(at(start + 40, 0), NANO);

    SpanContext elsewhere =
        SpanContext.createFromRemoteParent(
            "ffeeddccbbaa99887766554433221100",
            "ffeeddccbbaa9988",
            TraceFlags.getSampled(),
            TraceState.getDefault());
    Span order =
        shop.spanBuilder("order placed")
            .setParent(inCart)
            .setSpanKind(SpanKind.PRODUCER)
            .setStartTimestamp(at(start + 41, 0), NANO)
            .addLink(reserved, Attributes.builder().put("link.reason", "reserved").build())
            .addLink(elsewhere)
            .startSpan();
    order.end(at(start + 45, 0), NANO);
    cart.end(at(start + 50 + i, 0), NANO);
  }

  private Attributes cartAttributes(int i, boolean odd) {
    Value<?> owner = Value.of(KeyValue.of("name", Value.of("Zoë")), KeyValue.of("age", Value.of(30)));
    return Attributes.builder()
        .put("http.route", "/cart")
        .put("test.run", run)
        .put("http.status_code", odd ? 500L : 200L)
        .put("cart.number", 9007199254740993L + i)
        .put("cart.total", 12.5 + i)
        .put("cart.paid", !odd)
        .put("cart.items", "tea", "cup")
        .put("cart.sizes", 1L, -2L, 3L)
        .put("cart.weights", 0.5, 1.25)
        .put("cart.gifts", true, false)
        .put(AttributeKey.valueKey("cart.digest"), Value.of(new byte[] {0, 1, -2, -1}))
        .put(AttributeKey.valueKey("cart.owner"), owner)
        .build();
  }

  /** The other service's span: its parent arrived with the call. */
  private SpanContext reserve(SpanContext caller, boolean odd, long start) {
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            caller.getTraceId(),
            caller.getSpanId(),
            caller.getTraceFlags(),
            TraceState.builder().put("shop", "cart").build());
    Span span =
        stock
            .spanBuilder("stock.Reserve")
            .setParent(Context.root().with(Span.wrap(remote)))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(at(start + 10, 123), NANO)
            .setAttribute("stock.sku", "tea-1")
            .startSpan();
    if (odd) {
      Attributes thrown =
          Attributes.builder()
              .put("exception.type", "OutOfStock")
              .put("exception.message", "no tea left")
              .build();
      span.addEvent("exception", thrown, at(start + 30, 0), NANO);
      span.setStatus(StatusCode.ERROR, "out of stock");
    } else {
      span.setStatus(StatusCode.OK);
    }
    span.end(at(start + 35, 456), NANO);
    return span.getSpanContext();
  }
}
