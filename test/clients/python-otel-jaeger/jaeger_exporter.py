"""Sends the cart story with the former Jaeger exporters of OpenTelemetry for Python: Thrift over
UDP to an agent or over HTTP to a collector, or protobuf over gRPC. Prints what the exporter made
of the spans, before it is encoded."""
import argparse
import base64
import json
import time

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context

parser = argparse.ArgumentParser()
parser.add_argument("--endpoint", required=True)
parser.add_argument("--protocol", choices=["udp", "http", "grpc"], default="udp")
parser.add_argument("--traces", type=int, default=1)
parser.add_argument("--run", default="run")
parser.add_argument("--start-ms", type=int, default=int(time.time() * 1000) - 60_000)
options = parser.parse_args()

SERVICE = f"python-exporter-{options.protocol}"
provider = TracerProvider(resource=Resource.create({"service.name": SERVICE, "zone": "Zürich"}))
recorded = InMemorySpanExporter()
provider.add_span_processor(SimpleSpanProcessor(recorded))
tracer = provider.get_tracer("shop", "1.2.3")


def cart(i):
    start = (options.start_ms + i * 1000) * 1_000_000
    ms = 1_000_000
    root = tracer.start_span("GET /cart", kind=SpanKind.SERVER, start_time=start, attributes={
        "test.run": options.run, "customer": "Zoë", "number": 9007199254740993 + i,
        "total": 12.5 + i, "gift": i % 2 == 0, "tags": ["a", "b"], "empty": "",
    })
    root.add_event("cart.checked", {"rows": 3, "cached": True, "ratio": 0.1}, start + ms)
    call = tracer.start_span("stock.Reserve", set_span_in_context(root), SpanKind.CLIENT,
                             start_time=start + 5 * ms)
    placed = tracer.start_span("order placed", set_span_in_context(root), SpanKind.PRODUCER,
                               links=[Link(call.get_span_context())], start_time=start + 41 * ms)
    inner = tracer.start_span("compute", set_span_in_context(root), start_time=start + 42 * ms)
    if i % 2 == 1:
        root.set_status(Status(StatusCode.ERROR, "out of stock"))
    else:
        root.set_status(Status(StatusCode.OK))
    call.end(start + 40 * ms)
    placed.end(start + 45 * ms)
    inner.end(start + 43 * ms)
    root.end(start + (50 + i) * ms)


for trace in range(options.traces):
    cart(trace)
spans: tuple[ReadableSpan, ...] = recorded.get_finished_spans()


def unsigned(number):
    return f"{number & (2**64 - 1):016x}"


def value(kind, tag):
    values = {
        "STRING": lambda: {"string": tag.vStr}, "DOUBLE": lambda: {"double": tag.vDouble},
        "BOOL": lambda: {"bool": tag.vBool}, "LONG": lambda: {"int": str(tag.vLong)},
        "BINARY": lambda: {"bytes": base64.b64encode(tag.vBinary).decode()},
    }
    return {"key": tag.key, "value": values[kind]()}


def thrift_spans(exported, process_tags):
    from opentelemetry.exporter.jaeger.thrift.gen.jaeger.ttypes import SpanRefType, TagType

    def tags(held):
        return [value(TagType._VALUES_TO_NAMES[tag.vType], tag) for tag in held or []]

    return [{
        "traceId": unsigned(one.traceIdHigh) + unsigned(one.traceIdLow),
        "spanId": unsigned(one.spanId),
        "operationName": one.operationName,
        # The parent is a field of its own.
        "references": ([] if one.parentSpanId == 0 else [{
            "type": "CHILD_OF",
            "traceId": unsigned(one.traceIdHigh) + unsigned(one.traceIdLow),
            "spanId": unsigned(one.parentSpanId),
        }]) + [{
            "type": SpanRefType._VALUES_TO_NAMES[ref.refType],
            "traceId": unsigned(ref.traceIdHigh) + unsigned(ref.traceIdLow),
            "spanId": unsigned(ref.spanId),
        } for ref in one.references or []],
        "flags": one.flags,
        "startNano": str(one.startTime * 1000),
        "durationNano": str(one.duration * 1000),
        "tags": tags(one.tags),
        "logs": [{"timeNano": str(log.timestamp * 1000), "fields": tags(log.fields)}
                 for log in one.logs or []],
        "process": {"serviceName": SERVICE, "tags": tags(process_tags)},
        "warnings": [],
    } for one in exported]


def send_thrift():
    from opentelemetry.exporter.jaeger.thrift import JaegerExporter
    from opentelemetry.exporter.jaeger.thrift.translate import ThriftTranslator, Translate

    host, port = options.endpoint.split(":")
    where = (dict(collector_endpoint=f"http://{options.endpoint}/api/traces?format=jaeger.thrift")
             if options.protocol == "http"
             else dict(agent_host_name=host, agent_port=int(port)))
    exporter = JaegerExporter(**where)
    made = Translate(spans)._translate(ThriftTranslator(None))
    return exporter.export(spans), thrift_spans(made, [])


def proto_spans(exported):
    from opentelemetry.exporter.jaeger.proto.grpc.gen import model_pb2

    def tag(held):
        kinds = {
            model_pb2.ValueType.STRING: lambda: {"string": held.v_str},
            model_pb2.ValueType.BOOL: lambda: {"bool": held.v_bool},
            model_pb2.ValueType.INT64: lambda: {"int": str(held.v_int64)},
            model_pb2.ValueType.FLOAT64: lambda: {"double": held.v_float64},
            model_pb2.ValueType.BINARY: lambda: {
                "bytes": base64.b64encode(held.v_binary).decode()},
        }
        return {"key": held.key, "value": kinds[held.v_type]()}

    return [{
        "traceId": one.trace_id.hex(),
        "spanId": one.span_id.hex(),
        "operationName": one.operation_name,
        "references": [{"type": model_pb2.SpanRefType.Name(ref.ref_type),
                        "traceId": ref.trace_id.hex(), "spanId": ref.span_id.hex()}
                       for ref in one.references],
        "flags": one.flags,
        "startNano": str(one.start_time.ToNanoseconds()),
        "durationNano": str(one.duration.ToNanoseconds()),
        "tags": [tag(held) for held in one.tags],
        "logs": [{"timeNano": str(log.timestamp.ToNanoseconds()),
                  "fields": [tag(held) for held in log.fields]} for log in one.logs],
        "process": {"serviceName": one.process.service_name,
                    "tags": [tag(held) for held in one.process.tags]},
        "warnings": [],
    } for one in exported]


def send_proto():
    from opentelemetry.exporter.jaeger.proto.grpc import JaegerExporter
    from opentelemetry.exporter.jaeger.proto.grpc.translate import ProtobufTranslator, Translate

    exporter = JaegerExporter(collector_endpoint=options.endpoint, insecure=True)
    made = Translate(spans)._translate(ProtobufTranslator(SERVICE, None))
    return exporter.export(spans), proto_spans(made)


result, sent = send_proto() if options.protocol == "grpc" else send_thrift()
if result is not SpanExportResult.SUCCESS:
    raise SystemExit("jaeger_exporter: the spans could not be sent")
print(json.dumps({"client": SERVICE, "spans": sent}))
