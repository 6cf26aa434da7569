const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const dotted = `${octet}(?:\\.${octet}){3}`
const ipv4 = new RegExp(`^${dotted}$`)
const lastDotted = new RegExp(`:(${dotted})$`)

/** Whether a text is an IPv4 address in four decimal parts. */
export function isIPv4(text: string): boolean {
  return ipv4.test(text)
}

/**
 * Whether a text is an IPv6 address, without a zone. `node:net` would know, but bridge/ has no I/O.
 *
 * Source: RFC 4291, 2.2.
 */
export function isIPv6(text: string): boolean {
  // An IPv4 address at the end is two groups.
  const groupsOnly = text.replace(lastDotted, ':0:0')
  const [front = '', back, ...more] = groupsOnly.split('::')
  if (more.length > 0) return false
  const groups = [front, back ?? ''].flatMap((part) => (part === '' ? [] : part.split(':')))
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false
  return back === undefined ? groups.length === 8 : groups.length < 8
}
