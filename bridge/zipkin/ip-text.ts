const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const dotted = `${octet}(?:\\.${octet}){3}`
const ipv4 = new RegExp(`^${dotted}$`)
const lastDotted = new RegExp(`:(${dotted})$`)

/** Whether a text is an IPv4 address in four decimal parts. */
export function isIPv4(text: string): boolean {
  return ipv4.test(text)
}

/** Whether a text is an IPv6 address, without a zone. `node:net` would know, but bridge/ has no I/O. */
export function isIPv6(text: string): boolean {
  return groupsOf(text) !== undefined
}

/** The four bytes of a text that is an IPv4 address. */
export function bytesOfIPv4(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number)
}

/** The sixteen bytes of an IPv6 address; none for any other text. */
export function bytesOfIPv6(text: string): Uint8Array {
  return Uint8Array.from((groupsOf(text) ?? []).flatMap((group) => [group >>> 8, group & 0xff]))
}

/**
 * The eight groups of an IPv6 address.
 *
 * Source: RFC 4291, 2.2.
 */
function groupsOf(text: string): readonly number[] | undefined {
  const [front = '', back, ...more] = withoutDots(text).split('::')
  if (more.length > 0) return undefined
  const [left, right] = [front, back ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const known = [...(left ?? []), ...(right ?? [])]
  if (!known.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined
  if (back === undefined ? known.length !== 8 : known.length >= 8) return undefined
  const zeros = Array.from({ length: 8 - known.length }, () => '0')
  return [...(left ?? []), ...zeros, ...(right ?? [])].map((group) => Number.parseInt(group, 16))
}

/** An IPv4 address at the end is two groups. */
function withoutDots(text: string): string {
  return text.replace(lastDotted, (_, address: string) => {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
    return `:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
}
