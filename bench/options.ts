/** A number of a flag, within limits. @throws Error that names the flag */
export function numberOf(
  flag: string,
  text: string,
  { min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number },
): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new Error(`Cannot use --${flag}: must be a number from ${min} to ${max}, is "${text}"`)
}

/** Milliseconds of `500ms`, `15s`, `5m` or `2h`. @throws Error that names the flag */
export function durationMsOf(flag: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[found?.[2] ?? '']
  if (unitMs !== undefined) return Number(found?.[1]) * unitMs
  throw new Error(`Cannot use --${flag}: must be a duration such as 15s or 5m, is "${text}"`)
}

/** One of a few words. @throws Error that names the flag */
export function choiceOf<Choice extends string>(
  flag: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return found
  throw new Error(`Cannot use --${flag}: must be ${choices.join(', ')}, is "${text}"`)
}

/** The parts of `host:port`. @throws Error that names the flag */
export function endpointOf(flag: string, text: string): { host: string; port: number } {
  const found = /^(.+):(\d{1,5})$/.exec(text)
  if (found === null) throw new Error(`Cannot use --${flag}: must be host:port, is "${text}"`)
  return { host: found[1] ?? '', port: Number(found[2]) }
}
