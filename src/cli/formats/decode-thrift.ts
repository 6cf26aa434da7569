import { decodeBatches } from '../../../bridge/jaeger-proto/decode-request.ts'
import {
  decodeThriftBatch,
  lostFacts,
  withSkipped,
} from '../../../bridge/jaeger-thrift/decode-batch.ts'
import { ProtoOutput } from '../../../bridge/jaeger-thrift/proto-output.ts'
import { writeMessage } from '../../../bridge/jaeger-thrift/write-message.ts'
import type { Decoded, DecodeOptions } from '../../../bridge/model/decoded.ts'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import type { ThriftProtocol } from '../../../bridge/thrift/thrift-protocol.ts'
import type { ThriftReader } from '../../../bridge/thrift/thrift-reader.ts'
import { ThriftType } from '../../../bridge/thrift/thrift-type.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import {
  decodeZipkinCompactLists,
  decodeZipkinThrift,
} from '../../../bridge/zipkin/decode-thrift.ts'
import { emitZipkinBatch, findSpanList } from '../../../bridge/zipkin/find-span-list.ts'

/** How a Batch or a call of Jaeger's agent stands in the bytes that begin with it. */
export interface ThriftStart {
  readonly protocol: ThriftProtocol
  /** Whether it is a call, with a message around its batch. */
  readonly isMessage: boolean
  /** Of the frame around a call, without the four bytes of the length itself; undefined where there is none. */
  readonly frameBytes: number | undefined
}

/**
 * What begins here. The compact protocol begins a Batch with the step from field 0 to the first one, the
 * binary one with a type; a call with a version, or in the old form of the binary protocol with the
 * length of its method's name. A call that is framed has its length before it, in 4 bytes.
 *
 * Source: Apache Thrift, doc/specs/thrift-rpc.md, thrift-compact-protocol.md, thrift-binary-protocol.md.
 */
export function thriftStartOf(bytes: Uint8Array): ThriftStart {
  const protocol = messageProtocolOf(bytes)
  if (protocol !== undefined) return { protocol, isMessage: true, frameBytes: undefined }
  // Nothing else begins with a byte of zeros, and no call is as long as to need the byte.
  const framed = bytes[0] === 0 ? messageProtocolOf(bytes.subarray(lengthBytes)) : undefined
  if (framed !== undefined) {
    const frameBytes = Buffer.from(bytes.subarray(0, lengthBytes)).readUInt32BE()
    return { protocol: framed, isMessage: true, frameBytes }
  }
  const isCompact = (bytes[0] ?? 0) >= 0x10
  return {
    protocol: isCompact ? 'compact' : 'binary',
    isMessage: false,
    frameBytes: undefined,
  }
}

/** A new reader of that protocol. */
export function thriftReaderOf(protocol: ThriftProtocol): ThriftReader {
  return protocol === 'compact' ? new CompactReader() : new BinaryReader()
}

/**
 * A bare Batch by either protocol, or a call of Jaeger's agent, as a datagram has it: `emitBatch` or
 * `emitZipkinBatch`, ONEWAY or CALL.
 *
 * @throws WireError
 */
export function decodeThrift(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const { protocol, isMessage } = thriftStartOf(bytes)
  if (!isMessage) return decodeThriftBatch(bytes, options, protocol)
  const reader = thriftReaderOf(protocol)
  reader.use(bytes)
  const out = new ProtoOutput()
  const message = writeMessage(reader, out)
  if (message.kind === 'batch') {
    return withSkipped(decodeBatches(out.written(), options), lostFacts(message.facts))
  }
  if (message.method !== emitZipkinBatch) {
    const state = `its method is ${JSON.stringify(message.method)}, must be emitBatch or ${emitZipkinBatch}`
    throw new WireError('bad_value', `Cannot read Thrift message: ${state}`, reader.position)
  }
  const { list, skippedFields } = findSpanList(reader)
  const decode = protocol === 'compact' ? decodeZipkinCompactLists : decodeZipkinThrift
  return withSkipped(decode(list, options), skippedFields)
}

/** The protocol of the call that begins here; undefined for anything else. */
function messageProtocolOf(bytes: Uint8Array): ThriftProtocol | undefined {
  const [first = 0, second = 0] = bytes
  // The first field of a Batch is 1, 2, 3 or 4: no step from 0 to it is as large as these.
  if (first === 0x82 && (second & 0x1f) === 1) return 'compact'
  if (first === 0x80 && second === 0x01) return 'binary'
  const isOld = first === 0 && second === 0 && bytes[2] === 0
  const length = bytes[3] ?? 0
  return isOld && beginsWithMethod(bytes.subarray(lengthBytes), length) ? 'binary' : undefined
}

function beginsWithMethod(bytes: Uint8Array, length?: number): boolean {
  return methods.some(
    (method) =>
      (length === undefined || length === method.length) &&
      method.every((byte, at) => bytes[at] === byte),
  )
}

/** Before a frame, and before the method of the old form. */
const lengthBytes = 4
const methods = ['emitBatch', emitZipkinBatch].map((name) => Buffer.from(name))

/**
 * Whether these bytes can begin nothing but a Batch, its process with a service name or tags, or the
 * list of its spans; or a call of Jaeger's agent, also where the length before it was passed over.
 */
export function isJaegerThrift(bytes: Uint8Array): boolean {
  if (thriftStartOf(bytes).isMessage || beginsWithMethod(bytes)) return true
  return beginnings.some((beginning) => beginning.every((byte, at) => bytes[at] === byte))
}

/** Whether these bytes begin a list of structs whose first field is a 64-bit number, as trace ids are. */
export function isZipkinThrift(bytes: Uint8Array): boolean {
  const isList = bytes[0] === ThriftType.struct
  return isList && bytes[5] === ThriftType.i64 && bytes[6] === 0 && bytes[7] === 1
}

/** Type and number of the field; of a process also of the field in it, of a list the type of its elements. */
const beginnings: readonly (readonly number[])[] = [
  [0x0c, 0, 1, 0x0b, 0, 1],
  [0x0c, 0, 1, 0x0f, 0, 2],
  [0x0f, 0, 2, 0x0c],
  [0x1c, 0x18],
  [0x1c, 0x29],
]
