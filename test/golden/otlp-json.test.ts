import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { projectRoot } from '../project-root.ts'
import { otlpMaker } from './golden-names.ts'

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

interface Traces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly object[] }[]
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
