import type { BlockView } from './block-view.ts'

/** Tells of each span of a block whether it arrived at the given time or later. */
export function isKept(
  block: Pick<BlockView, 'summary' | 'runs'>,
  keptSinceUnixMs: number,
): (span: number) => boolean {
  const { arrivalMinUnixMs, arrivalMaxUnixMs, spanCount } = block.summary
  if (arrivalMinUnixMs >= keptSinceUnixMs) return () => true
  if (arrivalMaxUnixMs < keptSinceUnixMs) return () => false
  const kept = new Uint8Array(spanCount)
  let span = 0
  for (const run of block.runs) {
    if (run.arrivalUnixMs >= keptSinceUnixMs) kept.fill(1, span, span + run.spanCount)
    span += run.spanCount
  }
  return (index) => kept[index] === 1
}
