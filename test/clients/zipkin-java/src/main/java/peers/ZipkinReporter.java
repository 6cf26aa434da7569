package peers;

import java.util.concurrent.TimeUnit;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.codec.SpanBytesEncoder;
import zipkin2.reporter.AsyncReporter;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.InMemoryReporterMetrics;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/**
 * Reports the three spans that test/clients/zipkin.test.ts expects by Zipkin's own reporter, and ends with 0
 * once they were taken.
 *
 * <p>{@code java -jar zipkin-peer.jar http://127.0.0.1:9411 JSON_V2 463ac35c9f6413ad}
 */
public final class ZipkinReporter {
  public static void main(String[] args) throws Exception {
    SpanBytesEncoder encoder = SpanBytesEncoder.valueOf(args[1]);
    String path = encoder == SpanBytesEncoder.JSON_V1 || encoder == SpanBytesEncoder.THRIFT
        ? "/api/v1/spans" : "/api/v2/spans";
    URLConnectionSender sender = URLConnectionSender.newBuilder()
        .endpoint(args[0] + path)
        .encoding(Encoding.valueOf(encoder.encoding().name()))
        .compressionEnabled(true)
        .build();
    InMemoryReporterMetrics metrics = new InMemoryReporterMetrics();
    AsyncReporter<Span> reporter = AsyncReporter.builder(sender)
        .messageTimeout(0, TimeUnit.MILLISECONDS)
        .metrics(metrics)
        .build(new Encoder(encoder));
    for (Span span : spans(args[2])) reporter.report(span);
    reporter.flush();
    reporter.close();
    sender.close();
    if (metrics.spansDropped() == 0 && metrics.messagesDropped() == 0) return;
    System.err.println(metrics.messagesDroppedByCause());
    System.exit(1);
  }

  static Span[] spans(String traceId) {
    Endpoint shop = Endpoint.newBuilder().serviceName("shop").ip("10.1.2.3").port(8080).build();
    Endpoint stock = Endpoint.newBuilder().serviceName("stock").ip("2001:db8::1").build();
    Endpoint web = Endpoint.newBuilder().ip("192.0.2.7").port(51000).build();
    Span root = Span.newBuilder().traceId(traceId).id("a1").name("get /cart").kind(Span.Kind.SERVER)
        .timestamp(1_795_000_000_000_001L).duration(30_000).localEndpoint(shop).remoteEndpoint(web)
        .putTag("http.method", "GET").putTag("http.path", "/cart/ü").build();
    Span client = Span.newBuilder().traceId(traceId).parentId("a1").id("b2").name("get /stock")
        .kind(Span.Kind.CLIENT).timestamp(1_795_000_000_005_000L).duration(20_000)
        .localEndpoint(shop).remoteEndpoint(stock)
        .addAnnotation(1_795_000_000_006_000L, "retry \"1\"").putTag("error", "timeout").build();
    // The server's side of the same call, under the same id.
    Span server = Span.newBuilder().traceId(traceId).parentId("a1").id("b2").name("get /stock")
        .kind(Span.Kind.SERVER).timestamp(1_795_000_000_007_000L).duration(10_000).shared(true)
        .localEndpoint(stock).putTag("items", "3").build();
    return new Span[] {root, client, server};
  }
}
