/** Ends the reading of an address with what is wrong about it. */
export type Fail = (state: string) => never

/**
 * The parameters of an address, `name=value&name=value`, each value percent-encoded and there once at most.
 *
 * @param names all that there are
 */
export function readParameters<Name extends string>(
  query: string,
  names: readonly Name[],
  fail: Fail,
): ReadonlyMap<Name, string> {
  const found = new Map<Name, string>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const text = decodePart(equals < 0 ? part : part.slice(0, equals), 'a parameter', fail)
    const name = names.find((known) => known === text)
    if (name === undefined) {
      return fail(`its parameter "${text}" is unknown, must be one of ${names.join(', ')}`)
    }
    const value = equals < 0 ? '' : decodePart(part.slice(equals + 1), `parameter ${name}`, fail)
    if (value === '') fail(`its parameter ${name} is empty`)
    if (found.has(name)) fail(`its parameter ${name} comes twice`)
    found.set(name, value)
  }
  return found
}

/** A part of an address as it was before it was percent-encoded. */
export function decodePart(text: string, part: string, fail: Fail): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A "%" that no two hex digits follow.
    return fail(`${part} is not percent-encoded`)
  }
}
