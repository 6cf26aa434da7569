import type { Setting } from './setting.ts'

/** What clients are told to sample; part of the table in settings.ts, where the ports are. */
export const samplingSettings = {
  'sampling.mode': {
    type: 'choice',
    default: 'file',
    choices: ['file', 'adaptive'],
    doc: 'Where strategies come from: `file` is sampling.strategies, `adaptive` the root spans that come in, of each operation sampling.adaptive.target-rate.',
  },
  'sampling.adaptive.target-rate': {
    type: 'number',
    default: 1,
    min: 0.001,
    max: 1_000_000,
    doc: 'Traces a second that are aimed at of each operation, of all its processes together.',
  },
  'sampling.adaptive.tolerance': {
    type: 'fraction',
    default: 0.3,
    doc: 'A rate that is nearer to the target than this part of it changes nothing.',
  },
  'sampling.adaptive.interval': {
    type: 'durationMs',
    default: 60_000,
    min: 100,
    doc: 'How often shares are calculated.',
  },
  'sampling.adaptive.delay': {
    type: 'durationMs',
    default: 0,
    min: 0,
    max: 3_600_000,
    doc: 'An interval counts this long after it has ended.',
  },
  'sampling.adaptive.buckets': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 10,
    doc: 'How many intervals count, each one less than the next.',
  },
  'sampling.adaptive.min-probability': {
    type: 'fraction',
    default: 0.00001,
    doc: 'Least share of an operation.',
  },
  'sampling.adaptive.min-rate': {
    type: 'number',
    default: 0.0166667,
    min: 0,
    max: 1000,
    doc: 'Traces a second of each operation and process that clients keep whatever the share, so that rare operations are seen.',
  },
  'sampling.adaptive.max-services': {
    type: 'integer',
    default: 5000,
    min: 1,
    max: 100_000,
    doc: 'Services whose root spans are counted in an interval.',
  },
  'sampling.adaptive.max-operations': {
    type: 'integer',
    default: 200,
    min: 1,
    max: 100_000,
    doc: 'Operations of a service whose root spans are counted in an interval.',
  },
  'sampling.strategies': {
    type: 'string',
    default: '',
    doc: 'What clients are told to sample: a file or an http(s) URL in the form of Jaeger, JSON or YAML. Empty: every service gets sampling.default-probability.',
  },
  'sampling.default-probability': {
    type: 'fraction',
    default: 0.001,
    doc: 'Share of traces that clients keep where the strategies say nothing.',
  },
  'sampling.reload-interval': {
    type: 'durationMs',
    default: 10_000,
    min: 0,
    doc: 'How often sampling.strategies is looked at for changes; 0 reads it once. A bad one changes nothing.',
  },
  'sampling.timeout': {
    type: 'durationMs',
    default: 1000,
    min: 1,
    max: 60_000,
    doc: 'How long the URL of sampling.strategies may take to answer.',
  },
  'sampling.max-size': {
    type: 'sizeBytes',
    default: 32 * 1024 * 1024,
    min: 1024,
    max: 256 * 1024 * 1024,
    doc: 'Largest document of sampling.strategies; a larger one is not read.',
  },
  'sampling.baggage-restrictions': {
    type: 'list',
    default: '',
    doc: "Baggage that Jaeger's clients may set, each key with the longest value, separated by commas: `user:64,tenant:32`. Empty: `/baggageRestrictions` says that there are none.",
  },
} as const satisfies Record<string, Setting>
