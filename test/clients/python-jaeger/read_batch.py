"""Reads bare Batch structs with Apache Thrift's library, which refuses those without a required
field. Takes protocol and file of each; prints what is in them, in the form of the golden files
of test/golden/jaeger-thrift."""
import base64
import json
import sys

from jaeger_client.thrift_gen.jaeger.ttypes import Batch, SpanRefType, TagType
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TMemoryBuffer


class BytesOrText:
    """The contract's classes are from a time when bytes were text: they ask for a text."""

    def readString(self):
        held = self.readBinary()
        try:
            return held.decode("utf-8")
        except UnicodeDecodeError:
            return held


class Compact(BytesOrText, TCompactProtocol):
    pass


class Binary(BytesOrText, TBinaryProtocol):
    pass


def unsigned(number):
    return f"{number & (2**64 - 1):016x}"


def trace_id(holder):
    return unsigned(holder.traceIdHigh) + unsigned(holder.traceIdLow)


def as_bytes(held):
    return held if isinstance(held, bytes) else held.encode()


def described(tag):
    values = {
        TagType.STRING: lambda: {"string": tag.vStr},
        TagType.DOUBLE: lambda: {"double": tag.vDouble},
        TagType.BOOL: lambda: {"bool": tag.vBool},
        TagType.LONG: lambda: {"int": str(tag.vLong)},
        TagType.BINARY: lambda: {"bytes": base64.b64encode(as_bytes(tag.vBinary)).decode()},
    }
    return {"key": tag.key, "value": values[tag.vType]()}


def describe(batch):
    owner = batch.process
    return [{
        "traceId": trace_id(one),
        "spanId": unsigned(one.spanId),
        "parentSpanId": unsigned(one.parentSpanId),
        "operationName": one.operationName,
        "references": [{
            "type": SpanRefType._VALUES_TO_NAMES[ref.refType],
            "traceId": trace_id(ref),
            "spanId": unsigned(ref.spanId),
        } for ref in one.references or []],
        "flags": one.flags,
        "startMicros": str(one.startTime),
        "durationMicros": str(one.duration),
        "tags": [described(tag) for tag in one.tags or []],
        "logs": [{
            "timeMicros": str(log.timestamp),
            "fields": [described(tag) for tag in log.fields],
        } for log in one.logs or []],
        "process": {"serviceName": owner.serviceName,
                    "tags": [described(tag) for tag in owner.tags or []]},
    } for one in batch.spans]


def read(protocol, name):
    with open(name, "rb") as file:
        content = file.read()
    transport = TMemoryBuffer(content)
    batch = Batch()
    batch.read({"binary": Binary, "compact": Compact}[protocol](transport))
    batch.validate()
    rest = len(transport.read(len(content)))
    if rest > 0:
        raise SystemExit(f"read_batch: {rest} bytes are left behind the batch of {name}")
    return describe(batch)


pairs = list(zip(sys.argv[1::2], sys.argv[2::2]))
print(json.dumps([read(protocol, name) for protocol, name in pairs]))
