import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodePostSpansRequest } from '../../bridge/jaeger-proto/decode-request.ts'
import { encodeSpanChunks } from '../../bridge/jaeger-proto/encode-chunks.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { foreignChunk } from '../bridge/jaeger-proto/foreign-decode.ts'
import { projectRoot } from '../project-root.ts'
import { jaegerProtoFile } from './golden-names.ts'
import type { Difference, Json } from './json-differences.ts'
import { differences } from './json-differences.ts'

/**
 * Our translation beside that of Jaeger 2.20 (test/golden/jaeger-proto/generate says which versions
 * and how the files are made). What differs is listed in differences.json, exactly: a difference
 * that is gone fails as well as a new one.
 */
const folder = join(projectRoot, 'test/golden/jaeger-proto')
const expected = readDifferences()
const options = { arrivalUnixMs: 1_700_000_000_000 }
const jaegerNames = namesOf('jaeger-', jaegerProtoFile.translated)
const otlpNames = namesOf('otlp-', jaegerProtoFile.chunk)

for (const name of jaegerNames) {
  t.test(`decodePostSpansRequest() of ${name} differs from Jaeger only as listed`, async (t) => {
    const { batch, rejected } = decodePostSpansRequest(
      bytesOf(`${name}${jaegerProtoFile.request}`),
      options,
    )
    t.same(rejected, [])
    const theirs = JSON.parse(
      readFileSync(join(folder, `${name}${jaegerProtoFile.translated}`), 'utf8'),
    )
    const ours = JSON.parse(JSON.stringify(jsonOfGroups(groupsOf(batch))))
    const found = differences(byKey(byScope(theirs)), byKey(byScope(ours)))
    t.same(found, listed(`${name} to OTLP`), JSON.stringify(found))
  })

  t.test(`encodeSpanChunks() of decoded ${name} differs from Jaeger only as listed`, async (t) => {
    const { batch } = decodePostSpansRequest(bytesOf(`${name}${jaegerProtoFile.request}`), options)
    const [theirs, ours] = chunksOf(name, batch)
    const found = differences(byKey(theirs.map(spanOf)), byKey(ours.map(spanOf)))
    t.same(found, listed(`${name} to Jaeger`), JSON.stringify(found))
  })
}

for (const name of otlpNames) {
  t.test(`encodeSpanChunks() of ${name} differs from Jaeger only as listed`, async (t) => {
    const { batch, rejected } = decodeRequest(bytesOf(`${name}${jaegerProtoFile.traces}`), options)
    t.same(rejected, [])
    const [theirs, ours] = chunksOf(name, batch)
    const found = differences(theirs.map(spanOf), ours.map(spanOf))
    t.same(found, listed(`${name} to Jaeger`), JSON.stringify(found))
    if (found.length === 0) t.same(ours, theirs, 'the same bytes')
  })
}

t.test('differences.json lists nothing that is not compared', async (t) => {
  const compared = [
    ...jaegerNames.flatMap((name) => [`${name} to OTLP`, `${name} to Jaeger`]),
    ...otlpNames.map((name) => `${name} to Jaeger`),
  ]
  for (const [name, { why }] of Object.entries(expected)) {
    t.ok(why, `${name} says why`)
  }
  t.same(
    Object.keys(expected).filter((name) => !compared.includes(name)),
    [],
  )
})

/** The bodies of all spans, theirs and ours. */
function chunksOf(name: string, batch: SpanBatch): [theirs: Buffer[], ours: Buffer[]] {
  return [
    bodiesOf([bytesOf(`${name}${jaegerProtoFile.chunk}`)]),
    bodiesOf([...encodeSpanChunks(batch)]),
  ]
}

/**
 * Sorts attributes, tags and fields by key. Where the foreign translator takes one out it moves the
 * last one into its place; ours keeps the order in which they came.
 */
function byKey(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(byKey)
    return items.every(hasKey) ? items.sort((a, b) => (a.key < b.key ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, byKey(item)]))
}

function hasKey(value: Json): value is { key: string } {
  return typeof value === 'object' && value !== null && 'key' in value
}

/** By what is translated into what: why it differs, and how exactly. */
interface Differences {
  readonly [comparison: string]: {
    readonly why: string
    readonly differences: readonly Difference[]
  }
}

function readDifferences(): Differences {
  return JSON.parse(readFileSync(join(folder, 'differences.json'), 'utf8'))
}

function namesOf(start: string, end: string): string[] {
  const files = readdirSync(folder).filter((file) => file.startsWith(start) && file.endsWith(end))
  return files.map((file) => file.slice(0, -end.length))
}

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)))
}

function listed(name: string): readonly Difference[] {
  return expected[name]?.differences ?? []
}

/** What both sides have in JSON of OTLP, as far as it is looked at here. */
interface TracesJson {
  readonly resourceSpans?: readonly {
    readonly resource?: Json
    readonly scopeSpans?: readonly { readonly scope?: Json; readonly spans: readonly SpanJson[] }[]
  }[]
}

interface SpanJson {
  readonly [key: string]: Json
  readonly spanId: string
}

/** The spans of OTLP JSON by resource and scope, in the order of their first span. */
function byScope(traces: TracesJson): Json[] {
  const groups: { resource: Json; scope: Json; first: string; spans: Json[] }[] = []
  for (const { resource = {}, scopeSpans = [] } of traces.resourceSpans ?? []) {
    for (const { scope = {}, spans } of scopeSpans) {
      const first = spans[0]?.spanId ?? ''
      groups.push({ resource, scope, first, spans: spans.map(withStatus) })
    }
  }
  return groups.sort((a, b) => (a.first < b.first ? -1 : 1)).map((group) => ({ ...group }))
}

/** Theirs always write a status, ours only where there is one. */
function withStatus(span: SpanJson): Json {
  return { ...span, status: span['status'] ?? {} }
}

/** The bodies of all spans, by span id, then trace id. */
function bodiesOf(chunks: readonly Uint8Array[]): Buffer[] {
  const bodies: Buffer[] = []
  for (const chunk of chunks) {
    const reader = new WireReader(chunk)
    while (reader.more()) {
      assert.equal(reader.tag(), (1 << 3) | 2, 'a chunk holds spans only')
      bodies.push(Buffer.from(reader.slice()))
    }
  }
  return bodies.sort((a, b) => Buffer.compare(a.subarray(20, 28), b.subarray(20, 28)))
}

/** One span as protobufjs reads it, ids and bytes as base64. */
function spanOf(body: Buffer): Json {
  const chunk = foreignChunk(Buffer.concat([Buffer.of(10), varint(body.length), body]))
  return JSON.parse(JSON.stringify(chunk)).spans[0]
}

function varint(value: number): Buffer {
  return value < 0x80
    ? Buffer.of(value)
    : Buffer.concat([Buffer.of((value & 0x7f) | 0x80), varint(value >>> 7)])
}
