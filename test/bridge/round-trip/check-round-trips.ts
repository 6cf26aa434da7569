import assert from 'node:assert/strict'
import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { ThriftType } from '../../../bridge/thrift/thrift-type.ts'
import { inputOf, outputOf } from '../../../src/cli/formats/format-table.ts'
import { createRandom } from '../../fuzz/random.ts'
import type { OneSpan } from './change-span.ts'
import { formatLosses } from './losses.ts'
import { randomGroups } from './random-groups.ts'

/** A format that has both ways. */
export type RoundTripFormat = keyof typeof formatLosses

/** Formats that are read and written. */
export const roundTripFormats = Object.keys(formatLosses) as RoundTripFormat[]

/**
 * Writes random spans in one format and what was read of it in another: afterwards each span is what
 * the table of losses says, and the counters of both have counted exactly what is gone.
 *
 * @throws AssertionError with the seed
 */
export function checkRoundTrip(
  first: RoundTripFormat,
  second: RoundTripFormat,
  seed: number,
  groupCount: number,
): void {
  const groups = asTaken(randomGroups(createRandom(seed), groupCount))
  let expected = groups.flatMap(oneByOne)
  let current: SpanGroup[] = groups
  for (const format of [first, second]) {
    current = throughFormat(format, current)
    expected = expected.map((group) => withoutLosses(format, group, seed))
    const found = new Map(current.flatMap(oneByOne).map((group) => [idOf(group), group]))
    assert.equal(found.size, expected.length, `SPANGATE_FUZZ_SEED=${seed} ${format}: spans`)
    for (const group of expected) {
      const message = `SPANGATE_FUZZ_SEED=${seed} ${first} to ${second}, after ${format}`
      assert.deepEqual(plain(found.get(idOf(group))), plain(group), message)
    }
  }
}

/** As the gateway has them, which repairs spans when it takes them: one that ends before it starts has a warning. */
export function asTaken(groups: readonly SpanGroup[]): SpanGroup[] {
  return groupsOf(batchOfGroups(groups, { arrivalUnixMs: 0 }).batch)
}

export function throughFormat(format: RoundTripFormat, groups: readonly SpanGroup[]): SpanGroup[] {
  const output = outputOf(format)
  const { batch } = batchOfGroups(groups, { arrivalUnixMs: 0 })
  const bytes =
    output.kind === 'json'
      ? Buffer.from(JSON.stringify(output.document(output.encode([batch]).written)))
      : (output.encode([batch]).written as Uint8Array)
  const input = inputOf(format)
  const parts = input.framing === 'thrift' ? structsIn(bytes) : [bytes]
  return parts.flatMap((part) => {
    const decoded = input.decode(part)
    assert.deepEqual(decoded.rejected, [])
    assert.deepEqual([...(decoded.lost ?? [])], [])
    assert((decoded.skippedFields ?? 0) <= furtherNames(groups))
    return groupsOf(decoded.batch)
  })
}

/** Service names besides those that Jaeger has a place for; its other one is a tag, which replaces the first. */
function furtherNames(groups: readonly SpanGroup[]): number {
  const names = groups.map(
    ({ resource }) => resource?.attributes.filter(({ key }) => key === 'service.name').length ?? 0,
  )
  return names.reduce((sum, count) => sum + Math.max(0, count - 1), 0)
}

/** Structs of the binary protocol, one behind the other. */
function structsIn(bytes: Uint8Array): Uint8Array[] {
  const reader = new BinaryReader()
  const structs: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += structs.at(-1)?.length ?? 0) {
    reader.use(bytes.subarray(at))
    reader.skip(ThriftType.struct)
    structs.push(bytes.subarray(at, at + reader.position))
  }
  return structs
}

/** A counter that counts too little is silence, one that counts too much a false alarm. */
function withoutLosses(format: RoundTripFormat, group: OneSpan, seed: number): OneSpan {
  const { without, moved, count } = formatLosses[format]
  const counted = count([group])
  let left = moved(group)
  for (const [kind, remove] of Object.entries(without)) {
    const before = left
    left = remove?.(before) ?? before
    const isLost = JSON.stringify(plain(left)) !== JSON.stringify(plain(before))
    const message = `SPANGATE_FUZZ_SEED=${seed} ${format}: ${kind} of span ${idOf(group)}`
    assert.equal(counted.has(kind), isLost, message)
  }
  return left
}

export function oneByOne(group: SpanGroup): OneSpan[] {
  return group.spans.map((span) => ({ ...group, spans: [span] as const }))
}

function idOf({ spans: [span] }: OneSpan): string {
  return hexOf(span.traceId) + hexOf(span.spanId)
}

/** Byte arrays of any class as hex, a scope that says nothing as none, and numbers that JSON has not as text. */
export function plain(group: OneSpan | undefined): unknown {
  return JSON.parse(
    JSON.stringify(group ?? null, (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`
      if (Object.is(value, -0)) return '-0'
      if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
      return value instanceof Uint8Array || Buffer.isBuffer(value) ? hexOf(value) : value
    }),
  )
}
