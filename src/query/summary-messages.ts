import type { SummariesEnd, TraceSummary } from '../ports/span-store.ts'
import type { Responses } from './send-responses.ts'

/** A message is sent when it has so many summaries and services in them: some 30 KB. */
const entriesPerMessage = 512

/**
 * The summaries of a search in the words of an API: those of one page in one message, as a message
 * costs more than a summary, those of a long list bit by bit.
 */
export async function* summaryMessages<Wire>(
  summaries: AsyncIterable<TraceSummary | SummariesEnd>,
  wire: (summary: TraceSummary) => Wire,
  encode: (response: { summaries: Wire[] }) => Uint8Array,
): Responses {
  let found: Wire[] = []
  let entries = 0
  for await (const summary of summaries) {
    if (summary.kind === 'end') {
      if (found.length > 0) yield encode({ summaries: found })
      return summary.bound
    }
    found.push(wire(summary))
    entries += 1 + summary.services.length
    if (entries < entriesPerMessage) continue
    yield encode({ summaries: found })
    found = []
    entries = 0
  }
  if (found.length > 0) yield encode({ summaries: found })
  return undefined
}
