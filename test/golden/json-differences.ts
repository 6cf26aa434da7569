/** A value of JSON. */
export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json }

/** One place where two JSON values differ; absent members are left out. */
export interface Difference {
  /** For example `[0].spans[3].attributes[2:]`: from the third attribute on. */
  readonly path: string
  readonly theirs?: Json
  readonly ours?: Json
}

/**
 * Every place where two JSON values differ, deepest first where lists have the same length; of lists
 * of different lengths what lies between their common begin and common end.
 */
export function differences(theirs: Json, ours: Json, path = ''): Difference[] {
  if (Array.isArray(theirs) && Array.isArray(ours)) return listDifferences(theirs, ours, path)
  if (isObject(theirs) && isObject(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)])
    return [...keys].flatMap((key) => differences(theirs[key], ours[key], `${path}.${key}`))
  }
  if (Object.is(theirs, ours)) return []
  return [difference(path, theirs, ours)]
}

function listDifferences(theirs: Json[], ours: Json[], path: string): Difference[] {
  if (theirs.length === ours.length) {
    return theirs.flatMap((item, at) => differences(item, ours[at], `${path}[${at}]`))
  }
  const shorter = Math.min(theirs.length, ours.length)
  let begin = 0
  while (begin < shorter && isSame(theirs[begin], ours[begin])) begin++
  let end = 0
  while (end < shorter - begin && isSame(theirs.at(-1 - end), ours.at(-1 - end))) end++
  return [
    difference(
      `${path}[${begin}:]`,
      theirs.slice(begin, theirs.length - end),
      ours.slice(begin, ours.length - end),
    ),
  ]
}

function difference(path: string, theirs: Json, ours: Json): Difference {
  return {
    path,
    ...(theirs === undefined ? {} : { theirs }),
    ...(ours === undefined ? {} : { ours }),
  }
}

function isSame(a: Json, b: Json): boolean {
  return differences(a, b).length === 0
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
