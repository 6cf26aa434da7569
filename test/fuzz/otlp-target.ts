import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { batchSizeBytes, spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { encodeTracesData } from '../../bridge/otlp/encode-traces-data.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { foreignSpans } from '../bridge/otlp/foreign-decode.ts'
import { otlpMaker } from '../golden/golden-names.ts'
import { projectRoot } from '../project-root.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const names = ['all-fields', 'many-groups', 'nested-100', 'unusual-times', 'to-repair']
const formerField = 'former/former-field.opentelemetry-proto-1.11.1'

/**
 * OTLP requests: an input is decoded or refused with a WireError within its bounds. Whatever is
 * taken decodes afterwards, by our objects and by protobufjs, which sees as many spans.
 */
export const otlpTarget: FuzzTarget = {
  samples: [...names.map((name) => `${name}${otlpMaker}`), formerField].map((name) =>
    readFileSync(join(projectRoot, `test/golden/otlp/${name}.bin`)),
  ),
  // AnyValue.array_value, ArrayValue.values
  nesting: [0x2a, 0x0a],
  check(bytes) {
    const decoded = tryDecode(bytes)
    if (decoded === undefined) return 'refused'
    const { batch, rejected } = decoded
    // A span of 30 bytes without a name is the worst: its index, its name and a warning.
    assert(batchSizeBytes(batch) <= 16 * bytes.length + 4096, 'the batch is out of proportion')
    assert(rejected.length <= bytes.length, 'more spans are rejected than there were')
    const spans = groupsOf(batch).flatMap((group) => group.spans)
    assert.equal(spans.length, spanCount(batch))
    const again = encodeTracesData(batch)
    assert.equal(foreignSpans(again).length, spans.length)
    const repeated = decodeRequest(again, { arrivalUnixMs: 0 })
    assert.equal(repeated.rejected.length, 0, 'what was taken once is taken again')
    assert.equal(repeated.repairs.size, 0, 'what was repaired once needs no repair')
    if (rejected.length > 0) return spans.length > 0 ? 'partly rejected' : 'rejected'
    return decoded.repairs.size > 0 ? 'repaired' : 'taken'
  },
}

function tryDecode(bytes: Uint8Array): Decoded | undefined {
  try {
    return decodeRequest(bytes, { arrivalUnixMs: 0 })
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    return undefined
  }
}
