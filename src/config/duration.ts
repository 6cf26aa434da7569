const unitsMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/**
 * Milliseconds of a duration as people write it: numbers with unit, largest first or not
 * (`1m30s`, `0.5s`, `72h`, `7d`); a bare 0 needs none.
 *
 * @returns undefined when the text is no duration of whole milliseconds
 */
export function durationMsOfText(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let sum = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    sum += Number(number) * (unitsMs.get(unit ?? '') ?? Number.NaN)
  }
  const rounded = Math.round(sum)
  return Math.abs(sum - rounded) < 1e-6 && Number.isSafeInteger(rounded) ? rounded : undefined
}

/** The shortest text, without days, that `durationMsOfText` reads as the same duration. */
export function textOfDurationMs(valueMs: number): string {
  if (valueMs === 0) return '0s'
  for (const [unit, factor] of [...unitsMs].reverse()) {
    if (unit !== 'd' && valueMs % factor === 0) return `${valueMs / factor}${unit}`
  }
  return `${valueMs}ms`
}
