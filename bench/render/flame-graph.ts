import { escapeXml, svgOf } from './svg.ts'

/** A function on the stack, with what it called. */
export interface Frame {
  readonly name: string
  /** Its folder or package: decides the colour. */
  readonly place: string
  /** Time in it and in what it called. */
  readonly micros: number
  readonly children: readonly Frame[]
}

const width = 1200
const rowHeight = 17
/** Narrower frames are left out. */
const widthMin = 1.5

/** The stacks of a profile as SVG: wide is much time, above is called by below. */
export function flameGraph(root: Frame): string {
  const boxes: string[] = []
  let depthMax = 0
  const draw = (frame: Frame, x: number, depth: number): void => {
    const w = (frame.micros / root.micros) * width
    if (w < widthMin) return
    depthMax = Math.max(depthMax, depth)
    const share = ((frame.micros / root.micros) * 100).toFixed(1)
    const title = `<title>${escapeXml(`${frame.name} (${frame.place}) ${share} %`)}</title>`
    const box = `<rect x="${x.toFixed(1)}" y="${-depth * rowHeight}" width="${w.toFixed(1)}" height="${rowHeight - 1}" fill="${colourOf(frame.place)}"/>`
    const room = Math.floor((w - 6) / 6.3)
    const text =
      room < 3
        ? ''
        : `<text x="${(x + 3).toFixed(1)}" y="${-depth * rowHeight + 12}">${escapeXml(frame.name.slice(0, room))}</text>`
    boxes.push(`<g>${title}${box}${text}</g>`)
    let at = x
    for (const child of [...frame.children].sort((a, b) => b.micros - a.micros)) {
      draw(child, at, depth + 1)
      at += (child.micros / root.micros) * width
    }
  }
  draw(root, 0, 0)
  const height = (depthMax + 1) * rowHeight
  return svgOf({
    title: 'Where the time of the main thread goes',
    width,
    height,
    lines: [
      `<g transform="translate(0 ${depthMax * rowHeight})" font-family="monospace" font-size="10.5">`,
      boxes.join(''),
      '</g>',
    ],
  })
}

function colourOf(place: string): string {
  if (place.startsWith('bridge/')) return '#9fd5a4'
  if (place.startsWith('src/')) return '#f6c177'
  return place.startsWith('node:') || place.startsWith('(') ? '#d5d8dd' : '#a9c7ee'
}
