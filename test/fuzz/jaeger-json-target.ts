import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DecodedTraces } from '../../bridge/jaeger-json/decode-traces.ts'
import { decodeTraces } from '../../bridge/jaeger-json/decode-traces.ts'
import { jaegerTracesOf } from '../../bridge/jaeger-json/encode-traces.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { projectRoot } from '../project-root.ts'
import { mutateJson } from './mutate-json.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const names = ['flags', 'logs', 'processes', 'references', 'values']
const options = { arrivalUnixMs: 0 }

/**
 * Jaeger's JSON: an input is decoded or refused with a WireError. V8's own parser agrees about what is
 * JSON; whatever is taken is read back from what jaegerTracesOf makes of it.
 */
export const jaegerJsonTarget: FuzzTarget = {
  samples: names.map((name) => {
    const file = join(projectRoot, `test/golden/jaeger-json/jaeger-${name}.jaeger-1.65.0.json`)
    return Buffer.from(JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))))
  }),
  nesting: [],
  mutate: mutateJson,
  check(bytes) {
    const read = tryDecode(bytes)
    if (read instanceof WireError) return `refused as ${read.code}`
    if (isUtf8(bytes)) JSON.parse(Buffer.from(bytes).toString())
    const { batch, rejected, repairs, lost } = read
    const json = JSON.stringify(jaegerTracesOf(groupsOf(batch)))
    const again = decodeTraces(Buffer.from(json), options)
    assert.equal(again.rejected.length, 0, 'what was taken once is taken again')
    assert.equal(again.lost.size, 0, 'our own JSON holds nothing that is lost')
    // A time past 2^53 µs, which is the year 2255, is not exact in JSON, and moved again.
    const isExact = !json.includes('cannot be held')
    if (isExact) assert.equal(JSON.stringify(jaegerTracesOf(groupsOf(again.batch))), json)
    if (rejected.length > 0) return spanCount(batch) > 0 ? 'partly rejected' : 'rejected'
    if (lost.size > 0) return 'taken with losses'
    return repairs.size > 0 ? 'repaired' : 'taken'
  },
}

function tryDecode(bytes: Uint8Array): DecodedTraces | WireError {
  try {
    return decodeTraces(bytes, options)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    const isSyntax = error.code === 'bad_json' || error.code === 'truncated'
    if (isSyntax) assert.throws(() => JSON.parse(Buffer.from(bytes).toString()), SyntaxError)
    return error
  }
}
