/** Thrift's protocols that batches are read and written by, without an envelope around them. */
export const thriftProtocols = ['binary', 'compact'] as const
/** One of `thriftProtocols`. */
export type ThriftProtocol = (typeof thriftProtocols)[number]
