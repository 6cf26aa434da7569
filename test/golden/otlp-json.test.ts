import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { projectRoot } from '../project-root.ts'
import { jaegerProtoFile, otlpMaker } from './golden-names.ts'
import type { Json } from './json-differences.ts'
import { differences } from './json-differences.ts'

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const codes = ['UNSET', 'OK', 'ERROR']
const folder = join(projectRoot, 'test/golden/otlp')

for (const name of ['all-fields', 'many-groups', 'unusual-times']) {
  t.test(`jsonOfGroups() is the JSON of Python's protobuf for ${name}`, async (t) => {
    const bytes = new Uint8Array(readFileSync(join(folder, `${name}${otlpMaker}.bin`)))
    const { batch } = decodeRequest(bytes, { arrivalUnixMs: 0 })
    const { request } = JSON.parse(readFileSync(join(folder, `${name}${otlpMaker}.json`), 'utf8'))
    // Python groups scopes below their resource; here each scope repeats it.
    t.same(flat(jsonOfGroups(groupsOf(batch))), flat(otlpForm(request)))
  })
}

// What the Collector writes as JSON, and as protobuf of the same.
const collector = join(projectRoot, 'test/golden/jaeger-proto')
const written = readdirSync(collector)
  .filter((name) => name.endsWith('.pdata-1.61.0.json'))
  .map((name) => name.slice(0, -'.pdata-1.61.0.json'.length))
t.equal(written.length, 8)

for (const name of written) {
  t.test(`decodeJsonRequest() reads ${name} of the Collector as it is in protobuf`, async (t) => {
    const json = readFileSync(join(collector, `${name}.pdata-1.61.0.json`))
    const read = decodeJsonRequest(json, { arrivalUnixMs: 0 })
    const proto = readFileSync(join(collector, `${name}${jaegerProtoFile.traces}`))
    const same = decodeRequest(proto, { arrivalUnixMs: 0 })
    t.same([read.rejected, read.skippedFields], [[], undefined])
    t.same([...read.repairs], [...same.repairs])
    t.strictSame(groupsOf(read.batch), groupsOf(same.batch))

    const ours = JSON.parse(JSON.stringify(jsonOfGroups(groupsOf(read.batch))))
    const found = differences(spansIn(JSON.parse(json.toString())), spansIn(ours))
    // bridge/otlp/README.md says why minus zero is a text.
    t.same(
      found.filter(({ theirs, ours }) => !Object.is(theirs, -0) || ours !== '-0'),
      [],
      'and as JSON',
    )
  })
}

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans?: readonly Json[] }[]
  }[]
}

/** The spans alone: groups may be repaired, and each has one scope here. */
function spansIn({ resourceSpans }: Traces): Json {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans = [] }) => spans))
}

function flat(traces: unknown): unknown[] {
  return (traces as Traces).resourceSpans.flatMap(({ scopeSpans, ...resource }) =>
    scopeSpans.map((scope) => ({ resource, scope })),
  )
}

/**
 * From proto3's JSON to OTLP's, which differs in ids and enums, and without what has no place in
 * the model.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
function otlpForm(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => otlpForm(item))
  if (typeof value === 'string') {
    if (/^(traceId|spanId|parentSpanId)$/.test(key)) {
      return Buffer.from(value, 'base64').toString('hex')
    }
    const kind = kinds.indexOf(value.replace(/^SPAN_KIND_/, ''))
    if (key === 'kind' && kind >= 0) return kind
    const code = codes.indexOf(value.replace(/^STATUS_CODE_/, ''))
    return key === 'code' && code >= 0 ? code : value
  }
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([name]) => name !== 'entityRefs')
  return Object.fromEntries(fields.map(([name, field]) => [name, otlpForm(field, name)]))
}
