import { SpanStatusCode } from '@opentelemetry/api'
import t from 'tap'
import { createRecorder } from './record.ts'

const ring: Record<string, unknown> = {}
ring['self'] = ring

const values: readonly (readonly [string, unknown, unknown])[] = [
  ['a string', 'tea', 'tea'],
  ['a boolean', false, false],
  ['a number', 0.5, 0.5],
  ['a list of strings', ['a', 'b'], ['a', 'b']],
  ['an empty list', [], []],
  ['a mixed list', ['a', 1], '["a",1]'],
  ['an object', { a: [1] }, '{"a":[1]}'],
  ['null', null, 'null'],
  ['undefined', undefined, 'undefined'],
  ['a bigint', 12n, '12'],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a date that is none', new Date(Number.NaN), 'Invalid Date'],
  ['an error', new TypeError('no tea'), 'TypeError: no tea'],
  ['bytes', Buffer.of(0, 255), '00ff'],
  ['a symbol', Symbol('tea'), 'Symbol(tea)'],
  ['a ring', ring, '[object Object]'],
]

for (const [what, value, expected] of values) {
  t.test(`a tag with ${what} is recorded, at the start and later`, async (t) => {
    const { tracer, recorded, losses } = createRecorder()
    const span = tracer.startSpan('a', { tags: { first: value } })
    span.setTag('second', value).addTags({ third: value })
    span.log({ event: 'e', fourth: value })
    span.finish()
    const { attributes, events } = recorded('a')
    t.strictSame({ ...attributes }, { first: expected, second: expected, third: expected })
    t.strictSame({ ...events[0]?.attributes }, { fourth: expected })
    t.same(losses, [])
  })
}

const errors: readonly (readonly [readonly unknown[], number, unknown])[] = [
  [[true], SpanStatusCode.ERROR, undefined],
  [['true'], SpanStatusCode.ERROR, undefined],
  [[false], SpanStatusCode.OK, undefined],
  [[true, false], SpanStatusCode.OK, undefined],
  [[false, true], SpanStatusCode.ERROR, undefined],
  [['oops'], SpanStatusCode.UNSET, 'oops'],
  [[], SpanStatusCode.UNSET, undefined],
]

for (const [tags, code, attribute] of errors) {
  t.test(
    `the tag error of ${JSON.stringify(tags)} is the status ${SpanStatusCode[code]}`,
    async (t) => {
      const { tracer, recorded } = createRecorder()
      const span = tracer.startSpan('later')
      for (const value of tags) span.setTag('error', value)
      span.finish()
      t.equal(recorded('later').status.code, code)
      t.equal(recorded('later').attributes['error'], attribute)
      const [first] = tags
      if (tags.length !== 1) return
      tracer.startSpan('start', { tags: { error: first } }).finish()
      t.equal(recorded('start').status.code, code)
      t.equal(recorded('start').attributes['error'], attribute)
    },
  )
}

t.test('log() is an event, named by its field event, at its time', async (t) => {
  const { tracer, recorded } = createRecorder()
  const span = tracer.startSpan('a')
  span.log({ event: 'loaded', rows: 3 }, 1_700_000_000_000.5)
  span.log({ rows: 4 })
  span.log({ event: { a: 1 } })
  span.logEvent('old', { a: 1 })
  span.logEvent('bare')
  span.finish()
  const { events } = recorded('a')
  t.strictSame(
    events.map(({ name, attributes }) => ({ name, ...attributes })),
    [
      { name: 'loaded', rows: 3 },
      { name: 'log', rows: 4 },
      { name: '{"a":1}' },
      { name: 'old', payload: '{"a":1}' },
      { name: 'bare' },
    ],
  )
  t.strictSame(events[0]?.time, [1_700_000_000, 500_000])
})

t.test('log() of event=error is an exception', async (t) => {
  const { tracer, recorded } = createRecorder()
  const error = new TypeError('no tea')
  const span = tracer.startSpan('a')
  span.log({ event: 'error', 'error.object': error, message: 'while brewing', cup: 1 })
  span.log({ event: 'error', 'error.kind': 'Exception', message: 'm', stack: 's', cup: 2 })
  span.log({ event: 'error', 'error.object': 'a text' })
  span.log({ event: 'other', 'error.object': error })
  span.finish()
  t.strictSame(
    recorded('a').events.map(({ name, attributes }) => ({ name, ...attributes })),
    [
      {
        name: 'exception',
        event: 'error',
        message: 'while brewing',
        cup: 1,
        'exception.type': 'TypeError',
        'exception.message': 'no tea',
        'exception.stacktrace': error.stack,
      },
      {
        name: 'exception',
        event: 'error',
        'exception.type': 'Exception',
        'exception.message': 'm',
        'exception.stacktrace': 's',
        cup: 2,
      },
      {
        name: 'exception',
        event: 'error',
        'error.object': 'a text',
        'exception.message': 'a text',
      },
      { name: 'other', 'error.object': 'TypeError: no tea' },
    ],
  )
})

t.test('what comes too late is told, and kept where it can be', async (t) => {
  const { tracer, recorded, losses } = createRecorder()
  const span = tracer.startSpan('a').setOperationName('b')
  span.setTag('span.kind', 'server').setTag('sampling.priority', 1)
  span.finish()
  span.setTag('a', 1).log({ event: 'e' }).setOperationName('c')
  span.finish()
  t.match(recorded('b').attributes, { 'span.kind': 'server', 'sampling.priority': 1 })
  t.same(recorded('b').events, [])
  t.strictSame(
    losses.map(({ reason }) => reason),
    ['late_kind', 'late_sampling', 'after_finish', 'after_finish', 'after_finish', 'after_finish'],
  )
  t.match(tracer.losses(), { late_kind: 1, late_sampling: 1, after_finish: 4, bad_time: 0 })
})

t.test('a time that is none is told, and the time of the call counts', async (t) => {
  const { tracer, recorded, losses } = createRecorder()
  const before = Date.now() / 1000 - 1
  const span = tracer.startSpan('a', { startTime: Number.NaN })
  span.log({ event: 'e' }, Number.POSITIVE_INFINITY)
  span.finish(-1)
  const { startTime, endTime, events } = recorded('a')
  for (const time of [startTime, endTime, events[0]?.time]) t.ok((time?.[0] ?? 0) >= before)
  t.strictSame(
    losses.map(({ reason }) => reason),
    ['bad_time', 'bad_time', 'bad_time'],
  )
})
