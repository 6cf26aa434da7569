import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { decodeTraces } from '../../bridge/jaeger-json/decode-traces.ts'
import { decodePostSpansRequest } from '../../bridge/jaeger-proto/decode-request.ts'
import { encodeSpanChunks } from '../../bridge/jaeger-proto/encode-chunks.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { foreignChunk } from '../bridge/jaeger-proto/foreign-decode.ts'
import { projectRoot } from '../project-root.ts'
import type { Explanation, JaegerSpan } from './collector-differences.ts'
import { explainedToJaeger, explainedToOtlp } from './collector-differences.ts'
import { jaegerProtoFile } from './golden-names.ts'
import type { Json } from './json-differences.ts'
import { differences } from './json-differences.ts'

/**
 * Our translation beside that of the OpenTelemetry Collector, over spans that chance made; the
 * generator beside the files says how. Theirs is read as OTLP like ours, so that repairs are the
 * same: a span that comes through the Collector is the one that came straight. Each difference must have a name.
 */
const folder = join(projectRoot, 'test/golden/jaeger-collector')
const chunks = join(projectRoot, 'test/golden/jaeger-proto')
const traces = join(projectRoot, 'test/golden/jaeger-json')
const collector = '.collector-0.155.0.bin'
const options = { arrivalUnixMs: 0 }
const used = new Set<Explanation>()

t.test('decodePostSpansRequest() of 320 random spans agrees with ProtoToTraces', async (t) => {
  const request = read(folder, 'random-jaeger.jaeger-idl-0.9.0.bin')
  const ours = decodePostSpansRequest(request, options)
  t.same(ours.rejected, [])
  compareOtlp(t, `random-jaeger${collector}`, ours.batch, spansIn(batchIn(request)), 320)
})

t.test('encodeSpanChunks() of 320 random spans agrees with ProtoFromTraces', async (t) => {
  const { batch, rejected } = decodeRequest(read(folder, 'random-otlp.pdata-1.61.0.bin'), options)
  t.same(rejected, [])
  const theirs = spansIn(batchIn(read(folder, `random-otlp${collector}`)))
  const ours = new Map(
    [...encodeSpanChunks(batch)].flatMap(spansIn).map((span) => [idOf(span), span]),
  )
  t.ok(theirs.length >= 320)
  t.equal(ours.size, theirs.length)
  for (const span of theirs) {
    explain(t, asJson(span), asJson(ours.get(idOf(span))), explainedToJaeger, span)
  }
})

const jsonNames = readdirSync(traces)
  .filter((name) => name.endsWith('.jaeger-1.65.0.json'))
  .map((name) => name.slice(0, -'.jaeger-1.65.0.json'.length))
t.ok(jsonNames.length >= 21)

for (const name of jsonNames) {
  t.test(`decodeTraces() of Jaeger's JSON ${name} agrees with the Collector`, async (t) => {
    const ours = decodeTraces(read(traces, `${name}.jaeger-1.65.0.json`), options)
    t.same(ours.rejected, [])
    t.same([...ours.lost], [])
    const spans = spansIn(read(chunks, `${name}${jaegerProtoFile.chunk}`))
    compareOtlp(t, `json-${name}${collector}`, ours.batch, spans, spans.length)
  })
}

t.test('every explained difference occurs and is in the README', async (t) => {
  const readme = read(join(projectRoot, 'bridge/jaeger-proto'), 'README.md')
  const text = Buffer.from(readme).toString()
  for (const explanation of [...explainedToOtlp, ...explainedToJaeger]) {
    t.ok(used.has(explanation), `${explanation.name} occurs`)
    t.match(text, new RegExp(`^\\| ${explanation.name} +\\|`, 'm'), `${explanation.name} is told`)
  }
})

function compareOtlp(
  t: Test,
  file: string,
  ours: SpanBatch,
  sources: readonly JaegerSpan[],
  count: number,
): void {
  const theirs = viewsOf(decodeRequest(read(folder, file), options).batch)
  const found = viewsOf(ours)
  t.equal(theirs.size, count)
  t.equal(found.size, count)
  const byId = new Map(sources.map((span) => [idOf(span), span]))
  for (const [id, view] of theirs) {
    const source = byId.get(id)
    if (source === undefined) t.fail(`no Jaeger span ${id}`)
    else explain(t, view, found.get(id), explainedToOtlp, source)
  }
}

/** Fails for a difference that has no name. */
function explain(
  t: Test,
  theirs: Json,
  ours: Json,
  explanations: readonly Explanation[],
  span: JaegerSpan,
): void {
  for (const difference of differences(theirs, ours)) {
    const why = explanations.find(({ explains }) => explains(difference, span))
    if (why === undefined) t.fail(`span ${idOf(span)}: ${JSON.stringify(difference)}`)
    else used.add(why)
  }
}

/** Each span with its resource and scope, by its ids as `idOf` has them. */
function viewsOf(batch: SpanBatch): Map<string, Json> {
  const views = new Map<string, Json>()
  for (const group of groupsOf(batch)) {
    for (const span of group.spans) {
      const { resourceSpans } = asJson(
        jsonOfGroups([{ ...group, spans: [span] }]),
      ) as unknown as TracesJson
      const [{ resource, scopeSpans }] = resourceSpans
      const [{ scope, spans }] = scopeSpans
      const id = [span.traceId, span.spanId].map((one) => Buffer.from(one).toString('base64'))
      views.set(id.join(' '), byKey({ resource, scope, span: spans[0] }))
    }
  }
  return views
}

/**
 * Attributes as an object: where the Collector takes one out it moves the last one into its place.
 * None of these spans has two of one key.
 */
function byKey(value: Json): Json {
  if (Array.isArray(value)) {
    if (!value.every(hasKey)) return value.map(byKey)
    return Object.fromEntries(value.map((item) => [item.key, byKey(item.value)]))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, byKey(item)])
  // So that an attribute that only one side has is a difference of its own.
  const mayHave = 'traceId' in value || 'timeUnixNano' in value
  return Object.fromEntries(mayHave ? [['attributes', {}], ...entries] : entries)
}

/** OTLP JSON of one span. */
interface TracesJson {
  readonly resourceSpans: readonly [
    {
      readonly resource: Json
      readonly scopeSpans: readonly [{ readonly scope: Json; readonly spans: readonly [Json] }]
    },
  ]
}

function hasKey(value: Json): value is { key: string; value: Json } {
  return typeof value === 'object' && value !== null && 'key' in value
}

function spansIn(chunk: Uint8Array): readonly JaegerSpan[] {
  return (foreignChunk(chunk).spans ?? []) as readonly JaegerSpan[]
}

/** The batch of a PostSpansRequest, whose spans are field 1 as those of a chunk are. */
function batchIn(request: Uint8Array): Uint8Array {
  const reader = new WireReader(request)
  reader.tag()
  return reader.slice()
}

function idOf({ trace_id, span_id }: JaegerSpan): string {
  return `${trace_id} ${span_id}`
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

function read(where: string, name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(where, name)))
}
