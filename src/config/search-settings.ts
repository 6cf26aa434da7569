import type { Setting } from './setting.ts'

const mebi = 1024 * 1024
const hourMs = 3_600_000

/** The bounds of searches, as a part of the table in settings.ts. */
export const searchSettings = {
  'search.max-time': {
    type: 'durationMs',
    default: 30_000,
    min: 10,
    max: 24 * hourMs,
    doc: 'A search ends after this time with what it has found, and says so. Adding up summaries of what was found may take as long again.',
  },
  'search.max-spans': {
    type: 'integer',
    default: 20_000_000,
    min: 1000,
    doc: 'A search ends after it has looked at this many spans, and says so. Those that summaries add up are counted by themselves.',
  },
  'search.max-candidates': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 10_000,
    doc: 'A search by query text ends after it has read this many traces to see whether they match, and says so. It may not ask for more traces either.',
  },
  'search.max-trace-spans': {
    type: 'integer',
    default: 100_000,
    min: 1,
    doc: 'A search by query text looks at this many spans of one trace, and says when one has more.',
  },
  'search.max-trace-bytes': {
    type: 'sizeBytes',
    default: 64 * mebi,
    min: mebi,
    doc: 'A search by query text looks at so many bytes of one trace, which it holds meanwhile, and says when one has more.',
  },
  'search.max-concurrent': {
    type: 'integer',
    default: 16,
    min: 1,
    max: 1024,
    doc: 'Searches that are answered at a time; one more is refused with UNAVAILABLE and RetryInfo. Reads of single traces do not count.',
  },
  'search.max-stalled': {
    type: 'integer',
    default: 32,
    min: 1,
    max: 64,
    doc: 'Answers of queries that may wait for clients which take nothing; with more of them, search.stalled-after counts.',
  },
  'search.stalled-after': {
    type: 'durationMs',
    default: 10_000,
    min: 100,
    max: 24 * hourMs,
    doc: 'An answer of which its client has taken nothing for this long is ended with UNAVAILABLE, if a search was refused for search.max-concurrent meanwhile, or more than search.max-stalled answers wait like it.',
  },
} as const satisfies Record<string, Setting>
