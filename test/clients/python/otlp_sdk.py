"""Sends the cart story with the OpenTelemetry SDK for Python over OTLP gRPC
or HTTP, as protobuf or JSON, and prints what the SDK recorded."""

import argparse
import base64
import json
import sys
import time
from collections.abc import Mapping, Sequence

from grpc import Compression
from opentelemetry import trace
from opentelemetry.exporter.otlp.common.http import Compression as JsonCompression
from opentelemetry.exporter.otlp.json.http import OTLPSpanExporter as JsonExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (
    OTLPSpanExporter as GrpcExporter,
)
from opentelemetry.exporter.otlp.proto.http import Compression as HttpCompression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
    OTLPSpanExporter as HttpExporter,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.span import TraceState
from opentelemetry.trace.status import Status, StatusCode


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", default="127.0.0.1:4317")
    parser.add_argument("--traces", type=int, default=1)
    parser.add_argument("--run", default="run")
    parser.add_argument("--start-ms", type=int, default=time.time_ns() // 1_000_000 - 60_000)
    protocols = ["grpc", "http/protobuf", "http/json"]
    parser.add_argument("--protocol", default="grpc", choices=protocols)
    parser.add_argument("--gzip", action="store_true")
    return parser.parse_args()


class RecordingExporter(SpanExporter):
    """Remembers every span it hands on, and whether an export failed."""

    def __init__(self, following):
        self.following = following
        self.sent = []
        self.failed = False

    def export(self, spans):
        self.sent.extend(describe(span) for span in spans)
        result = self.following.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self.failed = True
        return result

    def shutdown(self):
        """The exporter is shared by two providers; main shuts it down."""


def nano(ms, nanos=0):
    return ms * 1_000_000 + nanos


class Story:
    """The traces that test/clients/README.md describes."""

    def __init__(self, run, shop, stock):
        self.run = run
        self.shop = shop
        self.stock = stock

    def tell(self, i, start):
        odd = i % 2 == 1
        cart = self.shop.start_span(
            "GET /cart",
            kind=SpanKind.SERVER,
            start_time=nano(start),
            attributes={
                "http.route": "/cart",
                "test.run": self.run,
                "http.status_code": 500 if odd else 200,
                "cart.number": 9007199254740993 + i,
                "cart.total": 12.5 + i,
                "cart.paid": not odd,
                "cart.items": ["tea", "cup"],
                "cart.sizes": [1, -2, 3],
                "cart.weights": [0.5, 1.25],
                "cart.gifts": [True, False],
                "cart.digest": bytes([0, 1, 254, 255]),
                "cart.owner": {"name": "Zoë", "age": 30},
            },
        )
        cart.add_event("cart.loaded", {"rows": 3, "cached": True}, timestamp=nano(start + 1))
        in_cart = trace.set_span_in_context(cart)

        call = self.shop.start_span(
            "stock.Reserve",
            context=in_cart,
            kind=SpanKind.CLIENT,
            start_time=nano(start + 5),
            attributes={"peer.service": "python-stock"},
        )
        reserved = self.reserve(call.get_span_context(), odd, start)
        call.end(nano(start + 40))

        elsewhere = SpanContext(
            0xFFEEDDCCBBAA99887766554433221100,
            0xFFEEDDCCBBAA9988,
            is_remote=True,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )
        order = self.shop.start_span(
            "order placed",
            context=in_cart,
            kind=SpanKind.PRODUCER,
            start_time=nano(start + 41),
            links=[Link(reserved, {"link.reason": "reserved"}), Link(elsewhere)],
        )
        order.end(nano(start + 45))
        cart.end(nano(start + 50 + i))

    def reserve(self, caller, odd, start):
        """The other service's span: its parent arrived with the call."""
        remote = SpanContext(
            caller.trace_id,
            caller.span_id,
            is_remote=True,
            trace_flags=caller.trace_flags,
            trace_state=TraceState([("shop", "cart")]),
        )
        span = self.stock.start_span(
            "stock.Reserve",
            context=trace.set_span_in_context(NonRecordingSpan(remote)),
            kind=SpanKind.SERVER,
            start_time=nano(start + 10, 123),
            attributes={"stock.sku": "tea-1"},
        )
        if odd:
            attributes = {"exception.type": "OutOfStock", "exception.message": "no tea left"}
            span.add_event("exception", attributes, timestamp=nano(start + 30))
            span.set_status(Status(StatusCode.ERROR, "out of stock"))
        else:
            span.set_status(Status(StatusCode.OK))
        span.end(nano(start + 35, 456))
        return span.get_span_context()


def describe(span):
    """What the SDK recorded, in the JSON form of the peer programs."""
    scope = span.instrumentation_scope
    return {
        "traceId": f"{span.context.trace_id:032x}",
        "spanId": f"{span.context.span_id:016x}",
        "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "",
        "traceState": span.context.trace_state.to_header(),
        "name": span.name,
        "kind": span.kind.name.lower(),
        "startNano": str(span.start_time),
        "endNano": str(span.end_time),
        "attributes": describe_map(span.attributes),
        "events": [
            {
                "name": event.name,
                "timeNano": str(event.timestamp),
                "attributes": describe_map(event.attributes),
            }
            for event in span.events
        ],
        "links": [
            {
                "traceId": f"{link.context.trace_id:032x}",
                "spanId": f"{link.context.span_id:016x}",
                "traceState": "",  # the exporter does not send it
                "attributes": describe_map(link.attributes),
            }
            for link in span.links
        ],
        "status": {
            "code": span.status.status_code.name.lower(),
            "message": span.status.description or "",
        },
        "resource": describe_map(span.resource.attributes),
        "scope": {
            "name": scope.name,
            "version": scope.version or "",
            "attributes": describe_map(scope.attributes),
        },
    }


def describe_map(attributes):
    return {key: describe_value(value) for key, value in (attributes or {}).items()}


def describe_value(value):
    if isinstance(value, str):
        return {"string": value}
    if isinstance(value, bool):
        return {"bool": value}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"double": value}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {"map": describe_map(value)}
    if isinstance(value, Sequence):
        return {"array": [describe_value(entry) for entry in value]}
    return {}


def create_provider(service, run, exporter):
    resource = Resource.create(
        {
            "service.name": service,
            "service.version": "1.4.0",
            "test.run": run,
            "host.cpus": 8,
        }
    )
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def create_exporter(options):
    if options.protocol == "http/protobuf":
        return HttpExporter(
            endpoint=f"http://{options.endpoint}/v1/traces",
            timeout=20,
            compression=HttpCompression.Gzip if options.gzip else HttpCompression.NoCompression,
        )
    if options.protocol == "http/json":
        return JsonExporter(
            endpoint=f"http://{options.endpoint}/v1/traces",
            timeout=20,
            compression=JsonCompression.GZIP if options.gzip else JsonCompression.NONE,
        )
    return GrpcExporter(
        endpoint=options.endpoint,
        insecure=True,
        timeout=20,
        compression=Compression.Gzip if options.gzip else Compression.NoCompression,
    )


def main():
    options = read_options()
    exporter = create_exporter(options)
    recorder = RecordingExporter(exporter)
    providers = [
        create_provider(service, options.run, recorder)
        for service in ("python-shop", "python-stock")
    ]
    shop, stock = (
        provider.get_tracer("cart", "1.2.3", attributes={"scope.team": "checkout"})
        for provider in providers
    )
    story = Story(options.run, shop, stock)
    for i in range(options.traces):
        story.tell(i, options.start_ms + i * 1000)
    for provider in providers:
        provider.shutdown()
    exporter.shutdown()
    if recorder.failed:
        sys.exit("otlp_sdk: an export failed")
    print(json.dumps({"client": "python", "spans": recorder.sent}))


main()
