const unitsBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
  ['TiB', 1024 ** 4],
])

/**
 * Bytes of a size as people write it: `65536`, `512KiB`, `1.5GiB`.
 *
 * @returns undefined when the text is no size of whole bytes
 */
export function byteSizeOfText(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(B|KiB|MiB|GiB|TiB|)$/.exec(text)
  const factor = unitsBytes.get(match?.[2] ?? '')
  if (match === null || factor === undefined) return undefined
  const bytes = Number(match[1]) * factor
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** The shortest text that `byteSizeOfText` reads as the same size. */
export function textOfByteSize(bytes: number): string {
  for (const [unit, factor] of [...unitsBytes].reverse()) {
    if (bytes > 0 && factor > 1 && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return String(bytes)
}
