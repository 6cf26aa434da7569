import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { MessageType, ThriftType } from '../thrift/thrift-type.ts'
import { WireError } from '../wire/wire-error.ts'
import type { BatchFacts } from './batch-facts.ts'
import type { ProtoOutput } from './proto-output.ts'
import { densityOf, writeBatch } from './write-batch.ts'

/** What a message was. */
export type Message =
  | { readonly kind: 'batch'; readonly facts: BatchFacts }
  /** A call of something else. */
  | { readonly kind: 'unknown_method'; readonly method: string }

/**
 * A call of Agent.emitBatch -> field 1 of jaeger.api_v2.PostSpansRequest, as `writeBatch` does it.
 *
 *   1 batch  Batch
 *
 * Clients send it as ONEWAY or as CALL; both are the same here, for no answer is ever sent. Bytes
 * behind the message are passed over, as Apache Thrift does, and count as one field that nobody knows;
 * so does a batch that is another argument. After an error nothing is left in `out`.
 *
 * Source: jaeger-idl, thrift/agent.thrift, service Agent.
 *
 * @throws WireError
 */
export function writeMessage(reader: ThriftReader, out: ProtoOutput): Message {
  const { method, type } = reader.envelope()
  if (type !== MessageType.oneway && type !== MessageType.call) {
    const message = `Cannot read Thrift message: its type is ${type}, must be 1 (CALL) or 4 (ONEWAY)`
    throw new WireError('bad_value', message, reader.position)
  }
  if (method !== 'emitBatch') return { kind: 'unknown_method', method }
  const before = out.size
  try {
    return { kind: 'batch', facts: readArguments(reader, out) }
  } catch (error) {
    out.size = before
    throw error
  }
}

function readArguments(reader: ThriftReader, out: ProtoOutput): BatchFacts {
  let facts: BatchFacts | undefined
  let unknownFields = 0
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldId === 1 && reader.fieldType === ThriftType.struct && facts === undefined) {
      facts = writeBatch(reader, out, densityOf(reader))
    } else {
      unknownFields += 1
      reader.skip(reader.fieldType)
    }
  }
  reader.leave(outer)
  if (facts === undefined) {
    throw new WireError('bad_value', 'Cannot read emitBatch: it has no batch', reader.position)
  }
  if (reader.position < reader.end) unknownFields += 1
  return { ...facts, unknownFields: facts.unknownFields + unknownFields }
}
