"""Sends Zipkin spans as the agent's oldest clients do: emitZipkinBatch by the compact protocol over
UDP, with the Thrift code of Jaeger's client for Python. Arguments: host, port, a trace id's 16 digits."""
import sys

from jaeger_client.TUDPTransport import TUDPTransport
from jaeger_client.thrift_gen.agent import Agent
from jaeger_client.thrift_gen.zipkincore.ttypes import (
    Annotation, AnnotationType, BinaryAnnotation, Endpoint, Span)
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TTransport import TBufferedTransport


class NoAnswers:
    """Nothing comes back over UDP, so nothing is waited for."""

    def spawn_callback(self, *_):
        pass


class Protocol(TCompactProtocol):
    """The client's code was generated for a Python whose binary values were strings."""

    def writeString(self, value):
        self.writeBinary(value if isinstance(value, bytes) else value.encode())


class Factory:
    def getProtocol(self, transport):
        return Protocol(transport)


host, port, trace_id = sys.argv[1], int(sys.argv[2]), int(sys.argv[3], 16)
shop = Endpoint(ipv4=0x0a010203, port=8080, service_name="shop")
span = Span(
    trace_id=trace_id, id=0xa1, parent_id=None, name="get /cart", debug=False,
    timestamp=1795000000000001, duration=30000,
    annotations=[
        Annotation(timestamp=1795000000000001, value="sr", host=shop),
        Annotation(timestamp=1795000000006000, value="retry", host=shop),
        Annotation(timestamp=1795000000030001, value="ss", host=shop),
    ],
    binary_annotations=[
        BinaryAnnotation("http.path", "/cart/ü".encode(), AnnotationType.STRING, shop),
        BinaryAnnotation("rows", b"\x00\x00\x01\x00", AnnotationType.I32, shop),
    ],
)
transport = TBufferedTransport(TUDPTransport(host, port))
transport.io_loop = NoAnswers()
Agent.Client(transport, Factory()).emitZipkinBatch([span])
