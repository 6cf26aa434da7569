/**
 * What grpc-js says last of why there is no connection, without the words and the time that it puts around that:
 * `connect ECONNREFUSED 127.0.0.1:1`. Of a line of OpenSSL only what it says is left: `TLS: wrong version number`.
 * Other details stay as they are.
 */
export function connectionReason(details: string): string {
  const found = /^No connection established\. Last error: (.*?)\.? Resolution note: (.*)$/s.exec(
    details,
  )
  if (found === null) return details
  const [, last = '', note = ''] = found
  const reason = last
    .replace(/^Error: /, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/, '')
    .replace(
      /^(?:write EPROTO )?[0-9A-F]+:error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):.*$/s,
      'TLS: $1',
    )
  if (reason === '' || reason === 'null') return note === '' ? 'there is no connection' : note
  return note === '' ? reason : `${reason}; ${note}`
}
