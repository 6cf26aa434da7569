import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import type { OutputName } from '../formats/format-names.ts'
import { outputOf } from '../formats/format-table.ts'
import type { TreeStyle } from './render-tree.ts'
import { renderTree } from './render-tree.ts'

/** A trace in a format of `outputNames`: bytes, or text that ends with a newline. */
export function renderTrace(
  batches: readonly SpanBatch[],
  format: OutputName,
  style: TreeStyle = {},
): string | Uint8Array {
  if (format === 'tree') return renderTree(batches.flatMap(groupsOf), style)
  const output = outputOf(format)
  if (output.kind !== 'json') return output.encode(batches).written
  const { written } = output.encode(batches)
  return `${JSON.stringify(output.document(written), undefined, 2)}\n`
}
