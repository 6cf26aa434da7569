import t from 'tap'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { foundTraceJson, foundTraceTable } from '../../../src/cli/trace/render-found.ts'

const found: FoundTrace__Output = {
  traceId: '0000000000000000000000000000000a',
  rootServiceName: 'cart',
  rootOperationName: 'GET\u001b[31m /',
  minStartTimeUnixNano: '1764504000000000000',
  maxEndTimeUnixNano: '1764504000012345678',
  spanCount: 7,
  errorSpanCount: 0,
  matchedSpanCount: 12,
  newestMatchTimeUnixNano: '1764504000000001000',
  spans: [
    {
      spanId: '0000000000000001',
      parentSpanId: '',
      serviceName: 'cart',
      name: 'GET',
      kind: 'SPAN_KIND_SERVER',
      statusCode: 'STATUS_CODE_UNSET',
      startTimeUnixNano: '1764504000000000000',
      endTimeUnixNano: '1764504000012345678',
      selected: [
        { key: '.a', value: { value: 'intValue', intValue: '5' }, keyStrindex: 0 },
        { key: '.b', value: { value: 'intValue', intValue: '9007199254740993' }, keyStrindex: 0 },
        {
          key: '.c',
          value: { value: 'bytesValue', bytesValue: Buffer.of(0, 255) },
          keyStrindex: 0,
        },
      ],
    },
  ],
}

t.test('foundTraceTable() aligns its columns and shows no control characters', async (t) => {
  t.equal(
    foundTraceTable([found, { ...found, rootServiceName: '', rootOperationName: '' }]),
    [
      'TRACE                             START                     DURATION  SPANS  ERRORS  MATCHED  ROOT',
      '0000000000000000000000000000000a  2025-11-30T12:00:00.000Z    12.3ms      7       0       12  cart GET\\u001b[31m /',
      '0000000000000000000000000000000a  2025-11-30T12:00:00.000Z    12.3ms      7       0       12  (no root)',
      '',
    ].join('\n'),
  )
  t.equal(foundTraceTable([]), 'TRACE  START  DURATION  SPANS  ERRORS  MATCHED  ROOT\n')
})

t.test(
  'foundTraceTable() cuts roots to the terminal, and takes two lines where it is narrow',
  async (t) => {
    const long = { ...found, rootOperationName: `GET ${'x'.repeat(200)}` }
    const [, cut = ''] = foundTraceTable([long], { columns: 120 }).split('\n')
    t.equal(cut.length, 120)
    t.match(cut, /12 {2}cart GET x+…$/)
    const failed = { ...found, spanCount: 1, errorSpanCount: 1 }
    t.equal(
      foundTraceTable([long, failed], { columns: 80 }),
      [
        '0000000000000000000000000000000a  2025-11-30T12:00:00.000Z  12.3ms',
        `  7 spans, 12 matched: cart GET ${'x'.repeat(47)}…`,
        '0000000000000000000000000000000a  2025-11-30T12:00:00.000Z  12.3ms',
        '  1 span, 12 matched, 1 failed: cart GET\\u001b[31m /',
        '',
      ].join('\n'),
    )
    const short = { ...found, rootServiceName: 'a', rootOperationName: '' }
    t.match(foundTraceTable([short], { columns: 100 }), /^TRACE .* ROOT\n/)
  },
)

t.test(
  'foundTraceJson() gives what was selected by name, and no number that JSON cannot hold',
  async (t) => {
    t.match(foundTraceJson(found), {
      traceId: found.traceId,
      spanCount: 7,
      spans: [{ name: 'GET', selected: { '.a': 5, '.b': '9007199254740993', '.c': 'AP8=' } }],
    })
  },
)
