import { text } from '../report.ts'
import { legend, niceStep, round, seriesColors, svgOf, textAt } from './svg.ts'

/** A bar; `min` and `max` are drawn as a whisker where they differ. */
export interface Bar {
  readonly value: number
  readonly min?: number
  readonly max?: number
}

/** Groups of bars, one group for each label and one bar for each series. */
export interface BarChart {
  readonly title: string
  readonly series: readonly string[]
  readonly groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[]
  /** Logarithmic, for values that differ by more than a hundred times. */
  readonly isLogarithmic?: boolean
}

const width = 860
const labelWidth = 290
const valueWidth = 90
const barHeight = 16
const groupGap = 10
const top = 62
const plotWidth = width - labelWidth - valueWidth

/** Draws horizontal bars; a value that is not finite has none. */
export function drawBars(chart: BarChart): string {
  const { title, series, groups } = chart
  const groupHeight = series.length * barHeight + groupGap
  const bottom = top + groups.length * groupHeight
  const scale = scaleOf(chart)
  const lines = [textAt(title, { x: 16, y: 24, weight: 'bold' }), ...legend(series, labelWidth)]
  for (const tick of scale.ticks) {
    const x = round(labelWidth + scale.at(tick))
    lines.push(`<line x1="${x}" y1="${top - 6}" x2="${x}" y2="${bottom}" stroke="#d0d7de"/>`)
    lines.push(textAt(tickText(tick), { x, y: bottom + 18, anchor: 'middle', color: '#57606a' }))
  }
  for (const [index, { label, bars }] of groups.entries()) {
    const y = top + index * groupHeight
    const middle = y + (series.length * barHeight) / 2 + 4
    lines.push(textAt(label, { x: labelWidth - 10, y: middle, anchor: 'end' }))
    for (const [place, bar] of bars.entries()) {
      const color = seriesColors[place % seriesColors.length] ?? seriesColors[0]
      lines.push(...drawBar(bar, { y: y + place * barHeight, color, scale }))
    }
  }
  return svgOf({ title, width, height: bottom + 32, lines })
}

interface Scale {
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

function scaleOf({ groups, isLogarithmic }: BarChart): Scale {
  const values = groups
    .flatMap(({ bars }) => bars.flatMap(({ value, max }) => [value, max ?? value]))
    .filter((value) => Number.isFinite(value) && value > 0)
  const most = Math.max(1e-9, ...values)
  if (isLogarithmic) {
    const low = Math.floor(Math.log10(Math.min(most, ...values)))
    const high = Math.max(low + 1, Math.ceil(Math.log10(most)))
    const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
    const at = (value: number): number => {
      return (Math.max(0, Math.log10(Math.max(value, 1e-12)) - low) / (high - low)) * plotWidth
    }
    return { at, ticks }
  }
  const step = niceStep(most, 5)
  const end = Math.ceil(most / step) * step
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step)
  return { at: (value) => (value / end) * plotWidth, ticks }
}

function drawBar(
  { value, min, max }: Bar,
  { y, color, scale }: { readonly y: number; readonly color: string; readonly scale: Scale },
): string[] {
  if (!Number.isFinite(value)) return []
  const length = round(scale.at(value))
  const lines = [
    `<rect x="${labelWidth}" y="${y + 2}" width="${length}" height="${barHeight - 4}" fill="${color}"/>`,
  ]
  const farthest = Math.max(value, max ?? value)
  if (min !== undefined && max !== undefined && max > min) {
    const [left, right] = [round(labelWidth + scale.at(min)), round(labelWidth + scale.at(max))]
    const middle = y + barHeight / 2
    lines.push(`<path d="M${left} ${middle}H${right}" stroke="#24292f" stroke-width="2"/>`)
  }
  const x = labelWidth + scale.at(farthest) + 6
  lines.push(textAt(text(value), { x, y: y + barHeight - 4, color: '#57606a' }))
  return lines
}

function tickText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}
