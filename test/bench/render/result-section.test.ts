import t from 'tap'
import { placeResults } from '../../../bench/render/place-results.ts'
import { renderResults } from '../../../bench/render/result-section.ts'
import { niceStep } from '../../../bench/render/svg.ts'
import type { Report } from '../../../bench/report.ts'
import { spreadOf } from '../../../bench/report.ts'

const environment = {
  cpu: 'Test <CPU>',
  cores: 2,
  memoryBytes: 2 ** 34,
  kernel: 'linux 6',
  node: 'v20',
  commit: 'abc',
  date: '2026-01-31',
}

function report(benchmark: string, rest: Partial<Report>): Report {
  return { benchmark, environment, options: {}, figures: {}, refused: {}, ...rest }
}

t.test('renderResults() gives tables and pictures in the order of the benchmarks', async (t) => {
  const { markdown, pictures } = renderResults([
    report('cassandra', { options: { layout: 'native', services: 50, search: 0, spanBytes: 430 } }),
    report('udp', { options: { rate: 40_000, batch: 80, isolation: true } }),
    report('overload', { options: { times: 4 }, refused: { '14+RetryInfo': 1234 } }),
    report('steady', {
      options: { rate: 20_000 },
      figures: { 'server rss each second mb': spreadOf([100, 110, 105]) },
    }),
    report('isolation', {
      options: { searchesPerSecond: 20 },
      figures: { 'export p50 ms': spreadOf([5]), 'export p99 ms': spreadOf([50]) },
    }),
    report('search', {
      options: { spans: 5_000_000, store: 'sqlite:', wrongAnswers: 0 },
      figures: {
        'absent value p50 ms': spreadOf([1000]),
        'absent value p99 ms': spreadOf([2000]),
        'absent value cpu ms': spreadOf([900]),
        'absent value ended early percent': spreadOf([0]),
        'server rss mb': spreadOf([300]),
      },
    }),
    report('ingest', {
      options: { protocol: 'otlp-grpc', store: 'sqlite:', batch: 500, spanBytes: 700, gzip: false },
      figures: { 'server spans per cpu second': spreadOf([50_000, 52_000, 51_000]) },
    }),
  ])
  const headings = markdown.split('\n').filter((line) => line.startsWith('### '))
  const order = ['Ingest', 'Search', 'Isolation', 'Steady load', 'Overload', 'UDP', 'Cassandra']
  t.same(
    headings,
    order.map((name) => `### ${name}`),
  )
  t.match(markdown, '#### layout native, load of 430 B, 50 services a request')
  t.match(markdown, '#### 40,000 spans/s, 80 a datagram, beside Export calls')
  t.match(markdown, '| server spans per cpu second | 51,000 | 50,000 – 52,000 |')
  t.match(markdown, '| absent value | 1,000 | 2,000 | 900 | 0.000 |')
  t.match(markdown, 'server rss mb: 300.')
  t.match(markdown, '| refused with 14+RetryInfo | 1,234 | |')
  t.match(markdown, 'Commit abc, 2026-01-31: 2 x Test <CPU>, 16.0 GiB')
  const names = ['bench-ingest.svg', 'bench-search.svg', 'bench-isolation.svg', 'bench-steady.svg']
  t.same([...pictures.keys()], names)
  for (const [name, svg] of pictures) {
    t.match(svg, /^<svg xmlns=.*<\/svg>\n$/s, name)
    t.notMatch(svg, /NaN|undefined|Infinity/, name)
    t.match(markdown, `(images/${name})`)
  }
})

t.test('placeResults() replaces what stands between the markers', async (t) => {
  const begin = '<!-- results: made by `npm run bench:render`; do not edit -->'
  const page = `a\n${begin}\nold\n<!-- end of results -->\nb\n`
  const placed = placeResults(page, 'new')
  t.equal(placed, `a\n${begin}\n\nnew\n\n<!-- end of results -->\nb\n`)
  t.equal(placeResults(placed, 'new'), placed)
  t.throws(() => placeResults('nothing', 'new'), /marker/)
})

t.test('niceStep() reaches the most in that many parts', async (t) => {
  for (const [most, step] of [
    [100, 20],
    [101, 50],
    [7, 2],
    [0.3, 0.1],
  ] as const) {
    t.ok(Math.abs(niceStep(most, 5) - step) < 1e-9, `${most}: ${niceStep(most, 5)}`)
  }
})
