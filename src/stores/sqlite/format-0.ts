import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { readStored } from '../../errors/read-stored.ts'

/**
 * Format 0, which is read once: `spans.db`, one table `part` with a row for the spans of one trace
 * out of one request. A body is one byte, 0, and an OTLP TracesData message; arrival is ms since the
 * epoch.
 */
export const oldFormat = 0

/** The file of format 0 in a store's directory. */
export const oldFileName = 'spans.db'

/** A row of `part`, as far as it is read. */
export interface OldRow {
  readonly id: number
  readonly tenant: string
  readonly arrival: number
  readonly body: Uint8Array
}

/** Reads rows behind an id, in the order in which they were stored. */
export const oldRowsSql =
  'SELECT id, tenant, arrival, body FROM part WHERE id > ? ORDER BY id LIMIT ?'

/** The last id that `oldRowsSql` gives. */
export const lastOldIdSql = 'SELECT max(id) FROM part'

/**
 * The spans of a row.
 *
 * @throws GatewayError 'store_corrupt' when it cannot be read
 */
export function decodeOldRow({ arrival, body }: OldRow): SpanBatch {
  if (body[0] !== 0) {
    throw new GatewayError(
      'store_corrupt',
      `Cannot read stored spans: the body has format ${body[0]}, must be 0`,
    )
  }
  const options = { arrivalUnixMs: arrival, withTerms: true }
  return readStored(
    'Cannot read stored spans',
    () => decodeRequest(body.subarray(1), options).batch,
  )
}
