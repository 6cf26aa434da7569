import type { Report, Spread } from '../report.ts'
import { text } from '../report.ts'
import type { Bar } from './bar-chart.ts'
import { drawBars } from './bar-chart.ts'
import { drawLines } from './line-chart.ts'

/** The results of docs/benchmarks.md: text, and pictures by their file name. */
export interface ResultSection {
  readonly markdown: string
  readonly pictures: ReadonlyMap<string, string>
}

/** The figures that a table of search results has, in the order of its columns. */
const searchColumns = ['p50 ms', 'p99 ms', 'cpu ms', 'ended early percent'] as const
const searchFigure = new RegExp(`^(.*) (${searchColumns.join('|')})$`)

/** Renders reports in the order of the benchmarks, whatever order they come in. */
export function renderResults(reports: readonly Report[]): ResultSection {
  const pictures = new Map<string, string>()
  const of = (name: string): Report[] => reports.filter(({ benchmark }) => benchmark === name)
  const parts = [
    ingestPart(of('ingest'), pictures),
    searchPart(of('search'), pictures),
    isolationPart([...of('isolation-baseline'), ...of('isolation')], pictures),
    steadyPart(of('steady'), pictures),
    overloadPart(of('overload')),
    udpPart(of('udp')),
    cassandraPart(of('cassandra')),
  ]
  return { markdown: parts.filter((part) => part !== '').join('\n\n'), pictures }
}

function ingestPart(reports: readonly Report[], pictures: Map<string, string>): string {
  if (reports.length === 0) return ''
  const label = ({ options }: Report): string => {
    const { protocol, store, batch, spanBytes, gzip, target } = options
    const where = target === undefined ? String(store).replace(/:.*$/, '') : String(target)
    return `${protocol}${gzip ? ' gzip' : ''}, ${where}, ${batch} x ${spanBytes} B`
  }
  const bars = reports.map((report) => ({
    label: label(report),
    bars: [barOf(report.figures['server spans per cpu second'])],
  }))
  pictures.set(
    'bench-ingest.svg',
    drawBars({ title: 'Spans per CPU second of the server', series: ['spans'], groups: bars }),
  )
  const sections = reports.map((report) => figureTable(label(report), report))
  return ['### Ingest', image('bench-ingest.svg', 'Spans per CPU second'), ...sections].join('\n\n')
}

function searchPart(reports: readonly Report[], pictures: Map<string, string>): string {
  const parts = reports.map((report, index) => {
    const kinds = searchKindsOf(report)
    const file = `bench-search${index === 0 ? '' : `-${index + 1}`}.svg`
    const groups = kinds.map((kind) => ({
      label: kind,
      bars: [barOf(report.figures[`${kind} p50 ms`]), barOf(report.figures[`${kind} p99 ms`])],
    }))
    const title = 'Time of a search, ms (logarithmic)'
    pictures.set(file, drawBars({ title, series: ['p50', 'p99'], groups, isLogarithmic: true }))
    const rows = kinds.map((kind) => {
      const cells = searchColumns.map((column) => shown(report.figures[`${kind} ${column}`]))
      return `| ${kind} | ${cells.join(' | ')} |`
    })
    const others = Object.entries(report.figures).filter(([name]) => !searchFigure.test(name))
    return [
      `#### ${shownCount(report.options['spans'])} spans, ${report.options['store']}`,
      environmentLine(report),
      image(file, title),
      [
        `| search | ${searchColumns.join(' | ')} |`,
        '| --- | --: | --: | --: | --: |',
        ...rows,
      ].join('\n'),
      `Wrong answers: ${report.options['wrongAnswers']}. ${others.map(([name, spread]) => `${name}: ${shown(spread)}`).join('; ')}.`,
    ].join('\n\n')
  })
  return parts.length === 0 ? '' : ['### Search', ...parts].join('\n\n')
}

function searchKindsOf({ figures }: Report): string[] {
  const kinds = Object.keys(figures).flatMap((name) => searchFigure.exec(name)?.[1] ?? [])
  return [...new Set(kinds)]
}

function isolationPart(reports: readonly Report[], pictures: Map<string, string>): string {
  if (reports.length === 0) return ''
  const label = ({ options }: Report): string => {
    const searches = Number(options['searchesPerSecond'])
    return searches === 0 ? 'without searches' : `${searches} searches a second`
  }
  const names = ['export p50 ms', 'export p99 ms']
  const groups = reports.map((report) => ({
    label: label(report),
    bars: names.map((name) => barOf(report.figures[name])),
  }))
  const title = 'Export latency with and without searches, ms'
  pictures.set('bench-isolation.svg', drawBars({ title, series: ['p50', 'p99'], groups }))
  const sections = reports.map((report) => figureTable(label(report), report))
  return ['### Isolation', image('bench-isolation.svg', title), ...sections].join('\n\n')
}

function steadyPart(reports: readonly Report[], pictures: Map<string, string>): string {
  const parts = reports.map((report, index) => {
    const file = `bench-steady${index === 0 ? '' : `-${index + 1}`}.svg`
    const title = 'Resident memory, MB'
    const values = report.figures['server rss each second mb']?.values ?? []
    pictures.set(file, drawLines({ title, stepName: 'seconds', series: [{ name: '', values }] }))
    const heading = `${shownCount(report.options['rate'])} spans/s`
    return `${image(file, title)}\n\n${figureTable(heading, report)}`
  })
  return parts.length === 0 ? '' : ['### Steady load', ...parts].join('\n\n')
}

function overloadPart(reports: readonly Report[]): string {
  return tablesPart('Overload', reports, ({ times }) => `${times} times the capacity`)
}

function udpPart(reports: readonly Report[]): string {
  const label = ({ rate, batch, isolation }: Options): string =>
    `${shownCount(rate)} spans/s, ${batch} a datagram${isolation ? ', beside Export calls' : ''}`
  return tablesPart('UDP', reports, label)
}

function cassandraPart(reports: readonly Report[]): string {
  const label = ({ layout, services, search, spanBytes }: Options): string => {
    const mixed = services === 0 ? '' : `, ${services} services a request`
    const what = search === 0 ? 'load' : `searches in ${shownCount(search)} spans`
    return `layout ${layout}, ${what} of ${spanBytes} B${mixed}`
  }
  return tablesPart('Cassandra', reports, label)
}

type Options = Report['options']

/** Each report as a table of its figures. */
function tablesPart(
  heading: string,
  reports: readonly Report[],
  label: (options: Options) => string,
): string {
  if (reports.length === 0) return ''
  const parts = reports.map((report) => figureTable(label(report.options), report))
  return [`### ${heading}`, ...parts].join('\n\n')
}

function figureTable(heading: string, report: Report): string {
  const rows = Object.entries(report.figures).map(([name, spread]) => {
    const range = spread.values.length > 1 ? `${text(spread.min)} – ${text(spread.max)}` : ''
    return `| ${name} | ${shown(spread)} | ${range} |`
  })
  const refused = Object.entries(report.refused).map(([status, count]) => {
    return `| refused with ${status} | ${shownCount(count)} | |`
  })
  return [
    `#### ${heading}`,
    environmentLine(report),
    ['| figure | median | min – max |', '| --- | --: | --: |', ...rows, ...refused].join('\n'),
  ].join('\n\n')
}

function environmentLine({ environment }: Report): string {
  const { cores, cpu, memoryBytes, kernel, node, commit, date } = environment
  const memory = text(memoryBytes / 2 ** 30)
  return `Commit ${commit}, ${date}: ${cores} x ${cpu}, ${memory} GiB, ${kernel}, Node ${node}.`
}

function image(file: string, title: string): string {
  return `![${title}](images/${file})`
}

function barOf(spread: Spread | undefined): Bar {
  if (spread === undefined) return { value: Number.NaN }
  return { value: spread.median, min: spread.min, max: spread.max }
}

function shown(spread: Spread | undefined): string {
  return spread === undefined ? '' : text(spread.median)
}

function shownCount(value: unknown): string {
  return Number(value).toLocaleString('en-US')
}
