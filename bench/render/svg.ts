/** Text that may stand in an element or attribute. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** A picture on white, so that it can be read on any page. */
export interface Picture {
  /** What it shows, for who does not see it. */
  readonly title: string
  readonly width: number
  readonly height: number
  readonly lines: readonly string[]
}

/** The text of the file. */
export function svgOf({ title, width, height, lines }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}

/** Where a text stands, and how. */
export interface TextPlace {
  readonly x: number
  readonly y: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly color?: string
  readonly weight?: 'bold'
}

/** A line of text. */
export function textAt(content: string, place: TextPlace): string {
  const { x, y, anchor = 'start', color = '#24292f', weight } = place
  const bold = weight === undefined ? '' : ` font-weight="${weight}"`
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${color}"${bold}>${escapeXml(content)}</text>`
}

/** A coordinate with at most one decimal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The least of 1, 2 or 5 times a power of ten that `parts` of which reach `most`. */
export function niceStep(most: number, parts: number): number {
  const rough = Math.max(most, Number.MIN_VALUE) / parts
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10
  return factor * power
}

/** Colors of series, readable for most who do not see all colors. */
export const seriesColors = ['#0969da', '#bc4c00', '#1a7f37', '#8250df'] as const

/** What the colours stand for, below the title; nothing for a single series. */
export function legend(series: readonly string[], left: number): string[] {
  if (series.length < 2) return []
  let x = left
  return series.flatMap((name, index) => {
    const color = seriesColors[index % seriesColors.length]
    const at = x
    x += Math.max(150, 30 + name.length * 7)
    return [
      `<rect x="${at}" y="34" width="12" height="12" fill="${color}"/>`,
      textAt(name, { x: at + 18, y: 45 }),
    ]
  })
}
