import type { SearchedBlock } from './block-view.ts'

/** What is read together between two chances to do something else: so many spans, or so many bytes. */
const spansMax = 16
const bytesMax = 256 * 1024

/** Cuts spans of a block into runs whose bodies are read together; each has a span at least. */
export function* readingPieces<Spans extends Uint16Array | readonly number[]>(
  block: Pick<SearchedBlock, 'ids'>,
  spans: Spans,
): Generator<Spans> {
  const { lengths } = block.ids
  let first = 0
  while (first < spans.length) {
    const endMax = Math.min(first + spansMax, spans.length)
    let end = first
    let size = 0
    do {
      size += lengths[spans[end] as number] as number
      end += 1
    } while (end < endMax && size < bytesMax)
    yield spans.slice(first, end) as Spans
    first = end
  }
}
