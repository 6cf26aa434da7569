import { niceStep, round, seriesColors, svgOf, textAt } from './svg.ts'

/** One line: a value for each step. */
export interface LineChart {
  readonly title: string
  /** What a step is, as "seconds". */
  readonly stepName: string
  readonly values: readonly number[]
}

const width = 860
const height = 300
const left = 70
const right = 30
const top = 46
const bottom = 50

/** Draws a line from 0 upwards, so that a small rise does not look steep. */
export function drawLine({ title, stepName, values }: LineChart): string {
  const most = Math.max(1e-9, ...values)
  const step = niceStep(most, 5)
  const end = Math.ceil(most / step) * step
  const steps = Math.max(1, values.length - 1)
  const x = (index: number): number => round(left + (index / steps) * (width - left - right))
  const y = (value: number): number => {
    return round(height - bottom - (value / end) * (height - top - bottom))
  }
  const lines = [textAt(title, { x: 16, y: 24, weight: 'bold' })]
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
  const points = values.map((value, index) => `${x(index)},${y(value)}`).join(' ')
  lines.push(
    `<polyline points="${points}" fill="none" stroke="${seriesColors[0]}" stroke-width="2"/>`,
  )
  return svgOf({ title, width, height, lines })
}
