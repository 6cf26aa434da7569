/**
 * Thrift's types as the binary protocol numbers them; the compact reader gives its own as these.
 *
 * Source: Apache Thrift, doc/specs/thrift-binary-protocol.md.
 */
export const ThriftType = {
  bool: 2,
  i8: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  binary: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const

/** Kinds of message; the agent's clients send `oneway`, some of them `call`. */
export const MessageType = { call: 1, oneway: 4 } as const
