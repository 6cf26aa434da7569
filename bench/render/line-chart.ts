import { legend, niceStep, round, seriesColors, svgOf, textAt } from './svg.ts'

/** Lines: a value for each step of each series. */
export interface LineChart {
  readonly title: string
  /** What a step is, as "seconds". */
  readonly stepName: string
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
}

const width = 860
const height = 300
const left = 70
const right = 30
const top = 62
const bottom = 50

/** Draws lines from 0 upwards, so that a small rise does not look steep. */
export function drawLines({ title, stepName, series }: LineChart): string {
  const most = Math.max(1e-9, ...series.flatMap(({ values }) => values))
  const step = niceStep(most, 5)
  const end = Math.ceil(most / step) * step
  const steps = Math.max(1, ...series.map(({ values }) => values.length - 1))
  const x = (index: number): number => round(left + (index / steps) * (width - left - right))
  const y = (value: number): number => {
    return round(height - bottom - (value / end) * (height - top - bottom))
  }
  const names = series.map(({ name }) => name)
  const lines = [textAt(title, { x: 16, y: 24, weight: 'bold' }), ...legend(names, left)]
  for (let tick = 0; tick <= Math.round(end / step); tick++) {
    const value = tick * step
    lines.push(
      `<line x1="${left}" y1="${y(value)}" x2="${width - right}" y2="${y(value)}" stroke="#d0d7de"/>`,
      textAt(value.toLocaleString('en-US', { maximumFractionDigits: 2 }), {
        x: left - 8,
        y: y(value) + 4,
        anchor: 'end',
        color: '#57606a',
      }),
    )
  }
  const across = niceStep(steps, 6)
  for (let index = 0; index <= steps; index += across) {
    lines.push(
      textAt(index.toLocaleString('en-US'), {
        x: x(index),
        y: height - bottom + 20,
        anchor: 'middle',
        color: '#57606a',
      }),
    )
  }
  const middle = (left + width - right) / 2
  lines.push(textAt(stepName, { x: middle, y: height - 10, anchor: 'middle', color: '#57606a' }))
  for (const [index, { values }] of series.entries()) {
    const points = values.map((value, step) => `${x(step)},${y(value)}`).join(' ')
    const color = seriesColors[index % seriesColors.length]
    lines.push(`<polyline points="${points}" fill="none" stroke="${color}" stroke-width="2"/>`)
  }
  return svgOf({ title, width, height, lines })
}
