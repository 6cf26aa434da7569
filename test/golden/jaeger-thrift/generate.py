"""Writes datagrams as Apache Thrift's Python library encodes them, and what is in them.

Needs requirements.txt; run in this folder. Each batch is written by the compact
protocol and by the binary one, with the strict and with the old header, and bare by
both, as collectors take it over HTTP; the contract's classes are those that jaeger-client has generated from jaeger-idl.
"""
import base64
import json

from jaeger_client.thrift_gen.agent import Agent
from jaeger_client.thrift_gen.jaeger.ttypes import (
    Batch, Log, Process, Span, SpanRef, SpanRefType, Tag, TagType)
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TMessageType, TType
from thrift.transport.TTransport import TMemoryBuffer

VERSION = "thrift-0.25.0"


class BytesAsText:
    """The contract's classes are from a time when bytes were text."""

    def writeString(self, value):
        if isinstance(value, bytes):
            self.writeBinary(value)
        else:
            super().writeString(value)


class Compact(BytesAsText, TCompactProtocol):
    pass


class Binary(BytesAsText, TBinaryProtocol):
    pass


PROTOCOLS = {
    "compact": Compact,
    "binary": lambda transport: Binary(transport, strictWrite=True),
    "binary-old": lambda transport: Binary(transport, strictWrite=False),
}
MAX = 2**63 - 1
MIN = -(2**63)
START = 1_795_000_000_123_457


def string(key, value):
    return Tag(key=key, vType=TagType.STRING, vStr=value)


def double(key, value):
    return Tag(key=key, vType=TagType.DOUBLE, vDouble=value)


def boolean(key, value):
    return Tag(key=key, vType=TagType.BOOL, vBool=value)


def integer(key, value):
    return Tag(key=key, vType=TagType.LONG, vLong=value)


def binary(key, value):
    return Tag(key=key, vType=TagType.BINARY, vBinary=value)


def span(span_id, **given):
    usual = dict(traceIdLow=0x1122334455667788, traceIdHigh=0, parentSpanId=0,
                 operationName="operation", flags=1, startTime=START, duration=1500)
    return Span(**{**usual, "spanId": span_id, **given})


EVERY_TYPE = [
    string("text", "Zoë ☂"), string("empty", ""), string("long", "x" * 300),
    double("double", 0.1), double("negative", -1.5e300), double("zero", 0.0),
    boolean("true", True), boolean("false", False),
    integer("one", 1), integer("minus", -1), integer("max", MAX), integer("min", MIN),
    integer("beyond", 2**53 + 1),
    binary("bytes", bytes([0, 1, 127, 128, 255])), binary("none", b""),
]
SHOP = Process(serviceName="shop", tags=[string("zone", "a"), integer("pid", 4711)])
OTHER = dict(traceIdLow=-2, traceIdHigh=MIN)


def reference(kind, span_id, **ids):
    ids = ids or dict(traceIdLow=0x1122334455667788, traceIdHigh=0)
    return SpanRef(refType=kind, spanId=span_id, **ids)


BATCHES = {
    "values": Batch(process=Process(serviceName="shop", tags=EVERY_TYPE),
                    spans=[span(1, tags=EVERY_TYPE)]),
    "ids": Batch(process=SHOP, spans=[
        span(MAX, traceIdLow=MIN, traceIdHigh=-1),
        span(-1, traceIdLow=1, traceIdHigh=MAX, parentSpanId=MIN),
        span(MIN, traceIdLow=0, traceIdHigh=1, flags=0),
    ]),
    "references": Batch(process=SHOP, spans=[
        span(1),
        span(2, parentSpanId=1),
        span(3, parentSpanId=1, references=[reference(SpanRefType.CHILD_OF, 1)]),
        span(4, references=[reference(SpanRefType.CHILD_OF, 1)]),
        span(5, references=[reference(SpanRefType.FOLLOWS_FROM, 1)]),
        span(6, parentSpanId=2, references=[
            reference(SpanRefType.FOLLOWS_FROM, 1),
            reference(SpanRefType.CHILD_OF, 3),
            reference(SpanRefType.FOLLOWS_FROM, -3, **OTHER),
        ]),
    ]),
    "logs": Batch(process=SHOP, spans=[span(1, logs=[
        Log(timestamp=START + 1, fields=[string("event", "first"), *EVERY_TYPE]),
        Log(timestamp=START + 1400, fields=[string("message", "second")]),
    ])]),
    "times": Batch(process=SHOP, spans=[
        span(1, startTime=0, duration=0),
        span(2, startTime=999_999, duration=1),
        span(3, startTime=1_000_000, duration=999_999),
        span(4, startTime=2**52 + 1, duration=3_600_000_000),
    ]),
    "many": Batch(process=SHOP, spans=[
        span(n + 1, operationName=f"operation {n}", startTime=START + n,
             tags=[integer("n", n), boolean("odd", n % 2 == 1)]) for n in range(100)]),
}


class CountedBatch(Batch):
    """The contract of jaeger-client 4.8.0 is older than seqNo and stats; and a field of the future."""

    def write(self, protocol):
        protocol.writeStructBegin("Batch")
        protocol.writeFieldBegin("process", TType.STRUCT, 1)
        self.process.write(protocol)
        protocol.writeFieldEnd()
        protocol.writeFieldBegin("spans", TType.LIST, 2)
        protocol.writeListBegin(TType.STRUCT, len(self.spans))
        for one in self.spans:
            one.write(protocol)
        protocol.writeListEnd()
        protocol.writeFieldEnd()
        protocol.writeFieldBegin("seqNo", TType.I64, 3)
        protocol.writeI64(41)
        protocol.writeFieldEnd()
        protocol.writeFieldBegin("stats", TType.STRUCT, 4)
        protocol.writeStructBegin("ClientStats")
        for field, value in ((1, 5), (2, 6), (3, 2**40)):
            protocol.writeFieldBegin("count", TType.I64, field)
            protocol.writeI64(value)
            protocol.writeFieldEnd()
        protocol.writeFieldStop()
        protocol.writeStructEnd()
        protocol.writeFieldEnd()
        self.write_future(protocol)
        protocol.writeFieldStop()
        protocol.writeStructEnd()

    def write_future(self, protocol):
        protocol.writeFieldBegin("future", TType.MAP, 1000)
        protocol.writeMapBegin(TType.STRING, TType.LIST, 2)
        for key in ("a", "b"):
            protocol.writeString(key)
            protocol.writeListBegin(TType.BOOL, 2)
            protocol.writeBool(True)
            protocol.writeBool(False)
            protocol.writeListEnd()
        protocol.writeMapEnd()
        protocol.writeFieldEnd()
        protocol.writeFieldBegin("future", TType.BOOL, 1001)
        protocol.writeBool(True)
        protocol.writeFieldEnd()
        protocol.writeFieldBegin("future", TType.DOUBLE, 1002)
        protocol.writeDouble(1.5)
        protocol.writeFieldEnd()


COUNTED = Process(serviceName="shop", tags=[string("client-uuid", "5a17c0de5a17c0de")])
BATCHES["counted"] = CountedBatch(process=COUNTED, spans=[span(1)])


def unsigned(number):
    return f"{number & (2**64 - 1):016x}"


def trace_id(holder):
    return unsigned(holder.traceIdHigh) + unsigned(holder.traceIdLow)


def described(tag):
    values = {
        TagType.STRING: lambda: {"string": tag.vStr},
        TagType.DOUBLE: lambda: {"double": tag.vDouble},
        TagType.BOOL: lambda: {"bool": tag.vBool},
        TagType.LONG: lambda: {"int": str(tag.vLong)},
        TagType.BINARY: lambda: {"bytes": base64.b64encode(tag.vBinary).decode()},
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
                    "tags": [described(tag) for tag in owner.tags]},
    } for one in batch.spans]


def encode(batch, protocol_of, kind=TMessageType.ONEWAY):
    transport = TMemoryBuffer()
    protocol = protocol_of(transport)
    protocol.writeMessageBegin("emitBatch", kind, 7)
    Agent.emitBatch_args(batch=batch).write(protocol)
    protocol.writeMessageEnd()
    return transport.getvalue()


def encode_bare(batch, protocol_of):
    transport = TMemoryBuffer()
    batch.write(protocol_of(transport))
    return transport.getvalue()


for name, batch in BATCHES.items():
    with open(f"{name}.json", "w", encoding="utf-8") as file:
        json.dump(describe(batch), file, indent=1, ensure_ascii=False)
        file.write("\n")
    for protocol, protocol_of in PROTOCOLS.items():
        with open(f"{name}.{protocol}.{VERSION}.bin", "wb") as file:
            file.write(encode(batch, protocol_of))
    for protocol in ("binary", "compact"):
        with open(f"{name}.{protocol}-batch.{VERSION}.bin", "wb") as file:
            file.write(encode_bare(batch, PROTOCOLS[protocol]))
for protocol, protocol_of in PROTOCOLS.items():
    with open(f"values.{protocol}-call.{VERSION}.bin", "wb") as file:
        file.write(encode(BATCHES["values"], protocol_of, TMessageType.CALL))
