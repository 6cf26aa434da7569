/** The error of a protocol that programs without types may name. */
export function unknownProtocol(options: unknown, known: readonly string[]): RangeError {
  const { protocol } = options as { readonly protocol: unknown }
  const names = known.map((name) => `"${name}"`).join(' or ')
  return new RangeError(`Cannot use protocol "${String(protocol)}": must be ${names}`)
}
