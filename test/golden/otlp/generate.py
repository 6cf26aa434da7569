"""Writes the OTLP golden files with the Python implementation of OpenTelemetry.

Each NAME.bin is a serialized ExportTraceServiceRequest, NAME.json what that implementation reads
in it (protobuf's JSON form: ids base64). Deterministic. From this folder:

    python -m venv /tmp/venv && /tmp/venv/bin/pip install -r requirements.txt
    /tmp/venv/bin/python generate.py
"""

import json
import pathlib

import google.protobuf
from google.protobuf import json_format
from importlib.metadata import version
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

HERE = pathlib.Path(__file__).parent
START = 1_750_000_000_123_456_789


def text(key, value):
    return KeyValue(key=key, value=AnyValue(string_value=value))


def add_span(scope_spans, number, **fields):
    span = scope_spans.spans.add(
        trace_id=bytes(range(1, 17)),
        span_id=number.to_bytes(8, "big"),
        name=f"operation {number}",
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=START + number,
        end_time_unix_nano=START + number + 1_500_999,
    )
    for name, value in fields.items():
        setattr(span, name, value)
    return span


def group(request, service, scope=None):
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.append(text("service.name", service))
    scope_spans = resource_spans.scope_spans.add()
    if scope is not None:
        scope_spans.scope.name = scope
        scope_spans.scope.version = "1.2.3"
    return resource_spans, scope_spans


def every_value():
    nested = AnyValue()
    nested.kvlist_value.values.append(text("inner", "Grüße ☃ 𝄞"))
    nested.kvlist_value.values.add(key="no value")
    values = {
        "string": AnyValue(string_value="text"),
        "empty string": AnyValue(string_value=""),
        "true": AnyValue(bool_value=True),
        "false": AnyValue(bool_value=False),
        "int": AnyValue(int_value=-(2**63)),
        "large int": AnyValue(int_value=2**63 - 1),
        "zero": AnyValue(int_value=0),
        "double": AnyValue(double_value=0.1),
        "infinite": AnyValue(double_value=float("inf")),
        "bytes": AnyValue(bytes_value=b"\x00\xff\x80"),
        "nothing": AnyValue(),
        "map": nested,
    }
    array = AnyValue()
    array.array_value.values.extend([AnyValue(int_value=1), AnyValue(string_value="a"), nested])
    values["array"] = array
    values["empty array"] = AnyValue()
    values["empty array"].array_value.SetInParent()
    return values


def all_fields():
    request = ExportTraceServiceRequest()
    resource_spans, scope_spans = group(request, "cart", "library")
    resource_spans.schema_url = "https://opentelemetry.io/schemas/1.27.0"
    resource_spans.resource.dropped_attributes_count = 1
    ref = resource_spans.resource.entity_refs.add(type="service", schema_url="https://x.test/1")
    ref.id_keys.append("service.name")
    scope_spans.schema_url = "https://opentelemetry.io/schemas/1.26.0"
    scope_spans.scope.attributes.append(text("scope attribute", "s"))
    scope_spans.scope.dropped_attributes_count = 2
    span = add_span(
        scope_spans,
        1,
        trace_state="vendor=1, ot=rv:abc;th:c8",
        parent_span_id=bytes(range(8, 16)),
        flags=0x301,
        dropped_attributes_count=3,
        dropped_events_count=4,
        dropped_links_count=2**32 - 1,
    )
    for key, value in every_value().items():
        span.attributes.append(KeyValue(key=key, value=value))
    event = span.events.add(name="exception", time_unix_nano=START, dropped_attributes_count=5)
    event.attributes.append(text("exception.message", "out of stock"))
    link = span.links.add(
        trace_id=b"\x11" * 16, span_id=b"\x22" * 8, trace_state="a=b", flags=0x100
    )
    link.attributes.append(text("link attribute", "l"))
    span.status.code = 2
    span.status.message = "failed"
    return request


def many_groups():
    request = ExportTraceServiceRequest()
    number = 1
    for service in ("cart", "payment"):
        resource_spans, scope_spans = group(request, service, "http")
        for scope in (scope_spans, resource_spans.scope_spans.add()):
            for _ in range(3):
                add_span(scope, number)
                number += 1
    return request


def deep(levels):
    """A list in a list, so that the innermost message is `levels` below the request."""
    request = ExportTraceServiceRequest()
    _, scope_spans = group(request, "deep")
    value = add_span(scope_spans, 1).attributes.add(key="deep").value
    for _ in range((levels - 5) // 2):
        value = value.array_value.values.add()
    if levels % 2 == 0:
        value.array_value.SetInParent()
    return request


def unusual_times():
    request = ExportTraceServiceRequest()
    _, scope_spans = group(request, "clock")
    add_span(scope_spans, 1, start_time_unix_nano=0, end_time_unix_nano=0)
    add_span(scope_spans, 2, end_time_unix_nano=2**64 - 1)
    add_span(scope_spans, 3, start_time_unix_nano=2**64 - 2, end_time_unix_nano=2**64 - 1)
    add_span(scope_spans, 4, end_time_unix_nano=START + 4 + 999)
    return request


def to_repair():
    request = ExportTraceServiceRequest()
    group_without = request.resource_spans.add()
    add_span(group_without.scope_spans.add(), 1, name="")
    _, scope_spans = group(request, "")
    add_span(scope_spans, 2, end_time_unix_nano=START - 7)
    wrong = request.resource_spans.add()
    wrong.resource.attributes.add(key="service.name").value.int_value = 7
    add_span(wrong.scope_spans.add(), 3)
    return request


def without_spans():
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add()
    group(request, "idle")
    return request


MAKER = f"opentelemetry-proto-{version('opentelemetry-proto')}"


def write(name, request):
    data = request.SerializeToString(deterministic=True)
    (HERE / f"{name}.{MAKER}.bin").write_bytes(data)
    try:
        # What a strict reader makes of the bytes, not what was put in.
        seen = json_format.MessageToDict(ExportTraceServiceRequest.FromString(data))
    except google.protobuf.message.DecodeError as error:
        seen = {"refused": type(error).__name__}
    content = {
        "made by": f"opentelemetry-proto {version('opentelemetry-proto')} (Python), "
        f"protobuf {version('protobuf')} (upb)",
        "request": seen,
    }
    (HERE / f"{name}.{MAKER}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


write("all-fields", all_fields())
write("many-groups", many_groups())
write("nested-100", deep(100))
write("nested-101", deep(101))
write("unusual-times", unusual_times())
write("to-repair", to_repair())
write("without-spans", without_spans())
