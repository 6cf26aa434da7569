import type { Random } from './random.ts'
import type { WireNode } from './wire-tree.ts'
import { allNodes, fieldBytes, parseWire, varintBytes, wireBytes } from './wire-tree.ts'

/**
 * Changes an encoded protobuf message in one to three ways: cut off, flipped bits, lengths that lie,
 * fields dropped, repeated, moved and added, ids of other lengths, text that is not UTF-8, absurd
 * numbers, and values nested up to 10,000 deep. The same random source gives the same bytes.
 *
 * @param nesting tags with which a value of this format nests in itself, outermost first
 */
export function mutate(random: Random, bytes: Uint8Array, nesting: readonly number[]): Uint8Array {
  let changed = bytes
  for (let left = 1 + random.below(3); left > 0; left--) {
    const nodes = random.below(10) < 7 ? parseWire(changed) : undefined
    changed =
      nodes === undefined || nodes.length === 0
        ? mutateBytes(random, changed)
        : mutateTree(random, nodes, nesting)
  }
  return changed
}

/** Changes that know nothing of the format. */
function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random.below(16))
  const copy = new Uint8Array(bytes)
  switch (random.below(6)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
      return copy
    case 2:
      if (at < copy.length) copy[at] = random.pick([0, 0x7f, 0x80, 0xff, random.below(256)])
      return copy
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        random.bytes(random.below(12)),
        bytes.subarray(at),
      ])
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    default:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
  }
}

/** Changes to one field; the lengths around it stay right. */
function mutateTree(random: Random, nodes: WireNode[], nesting: readonly number[]): Uint8Array {
  const places = allNodes(nodes)
  const place = places[random.below(places.length)]
  if (place === undefined) return new Uint8Array(0)
  const { node, list } = place
  const index = list.indexOf(node)
  switch (random.below(8)) {
    case 0:
      list.splice(index, 1)
      break
    case 1:
      list.splice(random.below(list.length + 1), 0, node)
      break
    case 2:
      list.push(...list.splice(index, 1))
      break
    case 3:
      list.splice(index, 0, strangeNode(random))
      break
    case 4:
      lie(random, node)
      break
    case 5:
      if (random.oneIn(20)) nest(random, node, nesting)
      break
    default:
      changeValue(random, node)
  }
  return wireBytes(nodes)
}

/** A field that nobody knows, or one of a known number with any wire type. */
function strangeNode(random: Random): WireNode {
  const field = random.pick([1 + random.below(20), 1000, 0x1fff_ffff])
  switch (random.below(4)) {
    case 0:
      return { tag: (field << 3) >>> 0, value: BigInt(random.below(2 ** 31)), children: undefined }
    case 1:
      return { tag: ((field << 3) | 1) >>> 0, value: random.bytes(8), children: undefined }
    case 2: {
      // A group with one field and its end, or with the end of another one.
      const end = ((random.oneIn(3) ? field + 1 : field) << 3) | 4
      const value = Buffer.concat([Uint8Array.of(0x08, 1), varintBytes(BigInt(end >>> 0))])
      return { tag: ((field << 3) | 3) >>> 0, value, children: undefined }
    }
    default:
      return {
        tag: ((field << 3) | 2) >>> 0,
        value: random.bytes(random.below(9)),
        children: undefined,
      }
  }
}

/** Gives a field a length that is not its own, or writes it longer than it need be. */
function lie(random: Random, node: WireNode): void {
  if ((node.tag & 7) !== 2) return
  const body = node.children === undefined ? node.value : wireBytes(node.children)
  if (typeof body === 'bigint') return
  const length = BigInt(body.length)
  const told = random.pick([
    length + 1n,
    length - 1n,
    0n,
    0x7fff_ffffn,
    0xffff_ffffn,
    2n ** 63n,
    length,
  ])
  const head = varintBytes(told < 0n ? 0n : told, random.pick([0, 0, 1, 4, 9]))
  node.value = Buffer.concat([varintBytes(BigInt(node.tag)), head, body])
  node.tag = 0
  node.children = undefined
}

/** Wraps a value into itself, level by level, or puts a group into a group. */
function nest(random: Random, node: WireNode, nesting: readonly number[]): void {
  if ((node.tag & 7) !== 2) return
  const depth = random.pick([20, 45, 60, 101, 1000, 10_000])
  const heads: Uint8Array[] = []
  let size = 0
  if (random.oneIn(4)) {
    const starts = Buffer.alloc(2 * depth, Uint8Array.of(0xbb, 0x01))
    node.value = Buffer.concat([starts, Buffer.alloc(2 * depth, Uint8Array.of(0xbc, 0x01))])
  } else {
    for (let level = depth * nesting.length - 1; level >= 0; level--) {
      const tag = nesting[level % nesting.length] ?? 0x0a
      const head = Buffer.concat([Uint8Array.of(tag), varintBytes(BigInt(size))])
      heads.push(head)
      size += head.length
    }
    node.value = Buffer.concat(heads.reverse())
  }
  node.children = undefined
}

/** Gives a field another value of its wire type. */
function changeValue(random: Random, node: WireNode): void {
  switch (node.tag & 7) {
    case 0:
      node.value = random.pick([0n, 1n, -1n, 2n ** 31n, 2n ** 63n, 2n ** 64n - 1n, 5n])
      break
    case 1:
      node.value = fixed64(random.pick([0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 999n, 10n ** 18n]))
      break
    case 5:
      node.value = random.bytes(4)
      break
    default:
      node.value = strangeBytes(random)
      node.children = undefined
  }
}

function strangeBytes(random: Random): Uint8Array {
  switch (random.below(5)) {
    case 0:
      return new Uint8Array(random.pick([0, 7, 8, 15, 16, 17]))
    case 1:
      return random.bytes(random.pick([0, 7, 8, 15, 16, 17]))
    case 2:
      return random.pick(notUtf8)
    case 3:
      return Buffer.from('ünïcode ☃ 𝄞')
    default:
      return fieldBytes(random.pick([0x0a, 0x12, 0x1a, 0x2a]), random.bytes(random.below(6)))
  }
}

/** Stray continuation, overlong forms, surrogates, past U+10FFFF, cut off. */
const notUtf8: readonly [Uint8Array, ...Uint8Array[]] = [
  Uint8Array.of(0x80),
  Uint8Array.of(0x61, 0xff, 0x62),
  Uint8Array.of(0xc0, 0xaf),
  Uint8Array.of(0xe0, 0x80, 0xaf),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(0x61, 0xe2, 0x98),
]

function fixed64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
