/** What a client speaks to us; `unknown` is none of these. */
export type Protocol = 'http2' | 'http1' | 'tls' | 'unknown'

/**
 * How they begin: HTTP/2 with the preface of RFC 9113 section 3.4, of which three letters tell it from all methods of
 * HTTP/1; TLS with the record of a handshake, whose version begins with 3 (RFC 8446 section 5.1).
 */
const signs: readonly (readonly [Protocol, string])[] = [
  ['http2', 'PRI'],
  ['tls', '\x16\x03'],
]
/** RFC 9110 section 9 and RFC 5789. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']

/** Tells what a client speaks by the first bytes that it sends. @returns undefined while these are too few */
export function protocolOf(bytes: Buffer): Protocol | undefined {
  const start = bytes.toString('latin1', 0, signBytesMax)
  for (const [protocol, sign] of signs) {
    if (start.startsWith(sign)) return protocol
    if (sign.startsWith(start)) return undefined
  }
  const isHttp1 = methods.some((method) =>
    `${method} `.startsWith(start.slice(0, method.length + 1)),
  )
  return isHttp1 ? 'http1' : 'unknown'
}

const signBytesMax = 16

/** Says it to somebody who does not know. */
export const protocolNames: Readonly<Record<Protocol, string>> = {
  http2: 'HTTP/2',
  http1: 'HTTP/1.1',
  tls: 'TLS',
  unknown: 'no HTTP/2',
}
