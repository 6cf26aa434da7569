/** A protobuf field as it can be changed: its value taken apart where it looks like a message. */
export interface WireNode {
  /** 0 for a value that is written as it is, without tag and length. */
  tag: number
  /** Value of the varint, or bytes of anything else; unused when there are children. */
  value: bigint | Uint8Array
  children: WireNode[] | undefined
}

/**
 * Takes a message apart without knowing its type: a length-delimited value that reads as fields
 * becomes children. Undefined when the bytes are no message. For tests; groups are no message here.
 */
export function parseWire(bytes: Uint8Array, depth = 0): WireNode[] | undefined {
  const nodes: WireNode[] = []
  let at = 0
  // A bigint only where the number is a value: most of the time goes into this function.
  const varint = (): number => {
    let value = 0
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = bytes[at++] ?? -1
      if (byte < 0) return -1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    return -1
  }
  const varint64 = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  while (at < bytes.length) {
    const tag = varint()
    const type = tag & 7
    if (tag < 8 || tag > 0x3fff || type === 3 || type === 4 || type > 5) return undefined
    const length = type === 0 ? 0 : type === 1 ? 8 : type === 5 ? 4 : varint()
    if (length < 0 || length > bytes.length - at) return undefined
    if (type === 0) {
      const value = varint64()
      if (value === undefined) return undefined
      nodes.push({ tag, value, children: undefined })
      continue
    }
    const value = bytes.subarray(at, at + length)
    at += length
    const isNested = type === 2 && length > 0 && depth < 12
    nodes.push({ tag, value, children: isNested ? parseWire(value, depth + 1) : undefined })
  }
  return nodes
}

/** The bytes of the fields, every length right. */
export function wireBytes(nodes: readonly WireNode[]): Uint8Array {
  return Buffer.concat(nodes.map(nodeBytes))
}

/** A varint; `padding` more bytes than it needs. */
export function varintBytes(value: bigint, padding = 0): Uint8Array {
  if (value < 0x80n && value >= 0n && padding === 0) return Uint8Array.of(Number(value))
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  } while (rest > 0n)
  for (let added = 0; added < padding; added++) bytes.push(0x80)
  bytes.push((bytes.pop() ?? 0) & 0x7f)
  return Uint8Array.from(bytes)
}

/** A length-delimited field. */
export function fieldBytes(tag: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varintBytes(BigInt(tag)), varintBytes(BigInt(value.length)), value])
}

/** A field and the list that holds it. */
export interface WirePlace {
  readonly node: WireNode
  readonly list: WireNode[]
}

/** Every field of the tree, outer ones first. */
export function allNodes(list: WireNode[], places: WirePlace[] = []): WirePlace[] {
  for (const node of list) {
    places.push({ node, list })
    if (node.children !== undefined) allNodes(node.children, places)
  }
  return places
}

function nodeBytes({ tag, value, children }: WireNode): Uint8Array {
  if (tag === 0 && typeof value !== 'bigint') return value
  if (children !== undefined) return fieldBytes(tag, wireBytes(children))
  if (typeof value === 'bigint')
    return Buffer.concat([varintBytes(BigInt(tag)), varintBytes(value)])
  if ((tag & 7) === 2) return fieldBytes(tag, value)
  return Buffer.concat([varintBytes(BigInt(tag)), value])
}
