import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { otlpMaker } from '../golden/golden-names.ts'
import { projectRoot } from '../project-root.ts'
import { mutateJson } from './mutate-json.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const folder = join(projectRoot, 'test/golden/otlp')
const names = ['all-fields', 'many-groups', 'unusual-times']
const options = { arrivalUnixMs: 0 }

/**
 * OTLP JSON: an input is decoded or refused with a WireError. V8's own parser agrees about what is
 * JSON; whatever is taken is read back from what jsonOfGroups makes of it.
 */
export const otlpJsonTarget: FuzzTarget = {
  samples: [
    ...names.map((name) => {
      const file = readFileSync(join(folder, `${name}${otlpMaker}.bin`))
      const { batch } = decodeRequest(new Uint8Array(file), options)
      return Buffer.from(JSON.stringify(jsonOfGroups(groupsOf(batch))))
    }),
    readFileSync(join(folder, 'former/former-names.exporter-trace-otlp-http-0.28.0.json')),
  ],
  nesting: [],
  mutate: mutateJson,
  check(bytes) {
    const read = tryDecode(bytes)
    if (read instanceof WireError) return `refused as ${read.code}`
    if (bytes.length > 0 && isUtf8(bytes)) JSON.parse(Buffer.from(bytes).toString())
    const { batch, rejected, repairs } = read
    const json = JSON.stringify(jsonOfGroups(groupsOf(batch)))
    const again = decodeJsonRequest(Buffer.from(json), options)
    assert.equal(again.rejected.length, 0, 'what was taken once is taken again')
    assert.equal(again.repairs.size, 0, 'what was repaired once needs no repair')
    assert.equal(JSON.stringify(jsonOfGroups(groupsOf(again.batch))), json)
    if (rejected.length > 0) return spanCount(batch) > 0 ? 'partly rejected' : 'rejected'
    return repairs.size > 0 ? 'repaired' : 'taken'
  },
}

function tryDecode(bytes: Uint8Array): Decoded | WireError {
  try {
    return decodeJsonRequest(bytes, options)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    const isSyntax = error.code === 'bad_json' || error.code === 'truncated'
    if (isSyntax) assert.throws(() => JSON.parse(Buffer.from(bytes).toString()), SyntaxError)
    return error
  }
}
