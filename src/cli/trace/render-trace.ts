import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { OutputName } from '../formats/format-names.ts'
import { outputOf } from '../formats/format-table.ts'

/** A trace in a format of `outputNames`: bytes, or text that ends with a newline. */
export function renderTrace(
  batches: readonly SpanBatch[],
  format: OutputName,
): string | Uint8Array {
  const output = outputOf(format)
  if (output.kind !== 'json') return output.encode(batches).written
  const { written } = output.encode(batches)
  return `${JSON.stringify(output.document(written), undefined, 2)}\n`
}
