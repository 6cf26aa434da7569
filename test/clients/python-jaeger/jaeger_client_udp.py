"""Sends the order story with Jaeger's client for Python, as it sends to an agent:
Thrift by the compact protocol over UDP. Prints what the client recorded."""
import argparse
import base64
import json
import time

from jaeger_client import Config
from jaeger_client.thrift_gen.jaeger.ttypes import TagType
from opentracing import follows_from

parser = argparse.ArgumentParser()
parser.add_argument("--endpoint", default="127.0.0.1:6831")
parser.add_argument("--protocol", choices=["udp"], default="udp")
parser.add_argument("--traces", type=int, default=1)
parser.add_argument("--run", default="run")
parser.add_argument("--start-ms", type=int, default=int(time.time() * 1000) - 60_000)
options = parser.parse_args()
host, port = options.endpoint.split(":")
tracer = Config(
    service_name="python-client-orders",
    config={
        "sampler": {"type": "const", "param": 1},
        "local_agent": {"reporting_host": host, "reporting_port": int(port)},
        "generate_128bit_trace_id": True,
        "logging": False,
        "tags": {"canary": True, "pid": 9007199254740993, "weight": 0.75, "zone": "Zürich"},
    },
).initialize_tracer()
# Seconds are floats; with these parts of one they are exact.
TICK = 1 / 64


def order(i):
    start = float(options.start_ms // 1000 + i)
    root = tracer.start_span("POST /orders", start_time=start, tags={
        "span.kind": "server",
        "test.run": options.run,
        "customer": "Zoë",
        "order.number": 9007199254740993 + i,
        "order.total": 12.5 + i,
        "order.gift": i % 2 == 0,
        "empty": "",
    })
    if i % 2 == 1:
        root.set_tag("error", True)
        root.set_tag("sampling.priority", 1)
    root.set_baggage_item("tenant", "blue")
    root.log_kv({"event": "order.checked", "rows": 3, "cached": True}, timestamp=start + TICK)
    root.log_kv({"message": "no event name", "ratio": 0.1}, timestamp=start + 4 * TICK)
    query = tracer.start_span("SELECT orders", child_of=root, start_time=start + 2 * TICK,
                              tags={"span.kind": "client", "db.system": "sqlite"})
    mail = tracer.start_span("send mail", references=[follows_from(query.context)],
                             start_time=start + 30 * TICK, tags={"span.kind": "consumer"})
    query.finish(start + 11 * TICK)
    mail.finish(start + 35 * TICK)
    root.finish(start + (20 + i) * TICK)
    return [describe(root), describe(query, "CHILD_OF", root),
            describe(mail, "FOLLOWS_FROM", query)]


def tag_of(tag):
    values = {
        TagType.STRING: lambda: {"string": tag.vStr},
        TagType.DOUBLE: lambda: {"double": tag.vDouble},
        TagType.BOOL: lambda: {"bool": tag.vBool},
        TagType.LONG: lambda: {"int": str(tag.vLong)},
        TagType.BINARY: lambda: {"bytes": base64.b64encode(tag.vBinary).decode()},
    }
    return {"key": tag.key, "value": values[tag.vType]()}


def process_tag(key, held):
    if isinstance(held, bool):
        return {"key": key, "value": {"bool": held}}
    if isinstance(held, int):
        return {"key": key, "value": {"int": str(held)}}
    if isinstance(held, float):
        return {"key": key, "value": {"double": held}}
    return {"key": key, "value": {"string": str(held)}}


def ids(span):
    return {"traceId": f"{span.trace_id:032x}", "spanId": f"{span.span_id:016x}"}


def nano(seconds):
    return str(int(seconds * 1_000_000) * 1000)


def describe(span, kind=None, parent=None):
    return {
        **ids(span),
        "operationName": span.operation_name,
        "references": [] if parent is None else [{"type": kind, **ids(parent)}],
        "flags": span.flags,
        "startNano": nano(span.start_time),
        "durationNano": nano(span.end_time - span.start_time),
        "tags": [tag_of(tag) for tag in span.tags],
        "logs": [{"timeNano": str(log.timestamp * 1000),
                  "fields": [tag_of(field) for field in log.fields]} for log in span.logs],
        "process": {"serviceName": tracer.service_name,
                    "tags": [process_tag(key, held) for key, held in tracer.tags.items()]},
        "warnings": [],
    }


spans = [span for i in range(options.traces) for span in order(i)]
closed = tracer.close()
deadline = time.monotonic() + 20
while not closed.done():
    if time.monotonic() > deadline:
        raise SystemExit("jaeger_client_udp: the client did not send everything in 20 s")
    time.sleep(0.01)
print(json.dumps({"client": "python-jaeger-client", "spans": spans}))
