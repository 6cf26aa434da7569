/** An IPv4 address in four decimal parts. @param bytes four, from `start` on */
export function ipv4Text(bytes: Uint8Array, start: number): string {
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`
}

/**
 * An IPv6 address as RFC 5952 writes it: lower-case, without leading zeros, the longest row of zero
 * groups as `::`. One that stands for an IPv4 address is written as that.
 *
 * @param bytes sixteen, from `start` on
 */
export function ipv6Text(bytes: Uint8Array, start: number): string {
  const groups: number[] = []
  for (let at = start; at < start + 16; at += 2) {
    groups.push(((bytes[at] as number) << 8) | (bytes[at + 1] as number))
  }
  // RFC 4291, 2.5.5.2: ::ffff:a.b.c.d
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return ipv4Text(bytes, start + 12)
  }
  const row = longestZeros(groups)
  const texts = groups.map((group) => group.toString(16))
  if (row.length < 2) return texts.join(':')
  return `${texts.slice(0, row.at).join(':')}::${texts.slice(row.at + row.length).join(':')}`
}

/** The first one where several are as long. */
function longestZeros(groups: readonly number[]): { readonly at: number; readonly length: number } {
  let longest = { at: 0, length: 0 }
  let at = 0
  while (at < groups.length) {
    let end = at
    while (groups[end] === 0) end += 1
    if (end - at > longest.length) longest = { at, length: end - at }
    at = end + 1
  }
  return longest
}
