import type { ThriftProtocol } from '../../bridge/thrift/thrift-protocol.ts'
import { mutate } from './mutate.ts'
import type { Random } from './random.ts'

/**
 * Changes Thrift's bytes as `mutate` does, and some of them towards very many: the whole again and again,
 * ends of structs behind it or in it, and lists of as many empty structs as there is room for.
 */
export function mutateThrift(
  protocol: ThriftProtocol,
): (random: Random, bytes: Uint8Array) => Uint8Array {
  return (random, bytes) => {
    const changed = random.oneIn(4) ? bytes : mutate(random, bytes, [0x0f, 0x0c])
    return random.oneIn(6) ? crowd(random, changed, protocol) : changed
  }
}

function crowd(random: Random, bytes: Uint8Array, protocol: ThriftProtocol): Uint8Array {
  const at = random.below(bytes.length + 1)
  const count = random.pick([2, 20, 200, 2000])
  switch (random.below(4)) {
    case 0:
      return Buffer.concat(Array(Math.min(count, 20)).fill(bytes))
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(count)])
    case 2:
      return Buffer.concat([bytes.subarray(0, at), emptyList(protocol, count), bytes.subarray(at)])
    default: {
      // A field of a span, of a batch or of a log, in front of what was the first one.
      const field =
        protocol === 'compact'
          ? [0x09, 2 * random.pick([2, 6, 10, 11])]
          : [15, 0, random.pick([2, 6, 10, 11])]
      const one = Buffer.concat([
        Buffer.from(field),
        emptyList(protocol, random.pick([1, 15, count])),
      ])
      const lists = Array(random.pick([1, 10, 100])).fill(one)
      return Buffer.concat([bytes.subarray(0, at), ...lists, bytes.subarray(at)])
    }
  }
}

/** A list of structs that are nothing but their ends. */
function emptyList(protocol: ThriftProtocol, count: number): Buffer {
  const ends = Buffer.alloc(count)
  if (protocol === 'binary') {
    const head = Buffer.from([12, 0, 0, 0, 0])
    head.writeUInt32BE(count, 1)
    return Buffer.concat([head, ends])
  }
  const varint = count < 0x80 ? [count] : [(count & 0x7f) | 0x80, count >>> 7]
  return Buffer.concat([Buffer.from(count < 15 ? [(count << 4) | 12] : [0xfc, ...varint]), ends])
}
