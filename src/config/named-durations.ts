import { durationMsOfText } from './duration.ts'

/**
 * Durations by name as people write them, in ms: `blue:24h,green:720h`. What is behind the last colon of an entry is
 * the duration, so that names may have colons, but no commas.
 *
 * @returns undefined when an entry is none, or a name comes twice
 */
export function namedDurationsOf(text: string): ReadonlyMap<string, number> | undefined {
  const durations = new Map<string, number>()
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue
    const { name = '', duration = '' } =
      /^\s*(?<name>.*\S)\s*:\s*(?<duration>[^:]+?)\s*$/.exec(entry)?.groups ?? {}
    const durationMs = durationMsOfText(duration)
    if (name === '' || durationMs === undefined || durations.has(name)) return undefined
    durations.set(name, durationMs)
  }
  return durations
}
