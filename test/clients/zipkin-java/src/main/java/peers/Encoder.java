package peers;

import zipkin2.Span;
import zipkin2.codec.SpanBytesEncoder;
import zipkin2.reporter.BytesEncoder;
import zipkin2.reporter.Encoding;

/** One of Zipkin's own encodings, in the form that the reporter takes. */
final class Encoder implements BytesEncoder<Span> {
  private final SpanBytesEncoder delegate;

  Encoder(SpanBytesEncoder delegate) {
    this.delegate = delegate;
  }

  @Override
  public Encoding encoding() {
    return Encoding.valueOf(delegate.encoding().name());
  }

  @Override
  public int sizeInBytes(Span span) {
    return delegate.sizeInBytes(span);
  }

  @Override
  public byte[] encode(Span span) {
    return delegate.encode(span);
  }
}
