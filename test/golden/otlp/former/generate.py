"""Writes former-field.opentelemetry-proto-1.11.1.bin: a TracesData with field 1000 of ResourceSpans,
by the classes that Python's package had while opentelemetry-proto had that field. Deterministic. From this folder:

    python -m venv /tmp/venv && /tmp/venv/bin/pip install -r requirements.txt
    /tmp/venv/bin/python generate.py
"""

import pathlib
from importlib.metadata import version

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

START = 1_650_000_000_123_456_789


def resource(data, service):
    spans = data.resource_spans.add()
    spans.resource.attributes.append(
        KeyValue(key="service.name", value=AnyValue(string_value=service))
    )
    return spans


def add_span(spans, number):
    spans.add(
        trace_id=bytes(range(1, 17)),
        span_id=number.to_bytes(8, "big"),
        name=f"operation {number}",
        start_time_unix_nano=START + number,
        end_time_unix_nano=START + number + 1000,
    )


data = TracesData()
only_former = resource(data, "former")
for number, library in enumerate(("fetch", "xhr"), start=1):
    former = only_former.instrumentation_library_spans.add(schema_url=f"https://x.test/{number}")
    former.instrumentation_library.name = library
    former.instrumentation_library.version = "1.2.3"
    add_span(former.spans, number)
both = resource(data, "both")
add_span(both.instrumentation_library_spans.add().spans, 3)
scope_spans = both.scope_spans.add()
scope_spans.scope.name = "new"
add_span(scope_spans.spans, 3)
name = f"former-field.opentelemetry-proto-{version('opentelemetry-proto')}.bin"
(pathlib.Path(__file__).parent / name).write_bytes(data.SerializeToString(deterministic=True))
