import { expectWireType, WireType } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { WireWriter } from '../../../bridge/wire/writer.ts'
import type { OperationShare } from './operation-counts.ts'
import { readPart } from './parts-writer.ts'

/**
 * Fields of an entry of `PartsWriter`: 1 operation, and three floats: 2 probability, 3 traces a second, 4 those
 * that are kept.
 */
export function writeShare(writer: WireWriter, share: OperationShare): void {
  writer.string(1, share.operation)
  writer.fixed32(2, bitsOf(share.probability))
  writer.fixed32(3, bitsOf(share.observedPerSecond))
  writer.fixed32(4, bitsOf(share.keptPerSecond))
}

/** Shares that are in use. @throws WireError */
export function* readShares(part: Uint8Array): Generator<OperationShare> {
  for (const { service, reader } of readPart(part)) {
    const share = { operation: '', probability: 0, observedPerSecond: 0, keptPerSecond: 0 }
    while (reader.more()) {
      const tag = reader.tag()
      const field = tag >>> 3
      if (field === 1) {
        expectWireType(tag, WireType.bytes, reader)
        share.operation = reader.string()
      } else if (field >= 2 && field <= 4) {
        expectWireType(tag, WireType.fixed32, reader)
        const value = floatOf(reader.fixed32())
        if (field === 2) share.probability = value
        else if (field === 3) share.observedPerSecond = value
        else share.keptPerSecond = value
      } else reader.skip(tag)
    }
    checkShare(share)
    yield { service, ...share }
  }
}

/** One that is no number would stay for as long as the operation does. */
function checkShare(share: Omit<OperationShare, 'service'>): void {
  const { probability, observedPerSecond, keptPerSecond } = share
  const isShare = probability >= 0 && probability <= 1
  if (isShare && isRate(observedPerSecond) && isRate(keptPerSecond)) return
  const state = `${probability} of ${observedPerSecond} a second, ${keptPerSecond} kept`
  throw new WireError('bad_value', `Cannot read shares: ${state}`, 0)
}

function isRate(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

function bitsOf(value: number): number {
  float[0] = value
  return bits[0] as number
}

function floatOf(value: number): number {
  bits[0] = value
  return float[0] as number
}
