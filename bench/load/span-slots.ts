/** What is written anew in each span of a template before it is sent again. */
export const SpanSlot = {
  /** 16 bytes. */
  traceId: 0,
  /** 8 bytes. */
  spanId: 1,
  /** 8 bytes; none in a root. */
  parentSpanId: 2,
  /** 16 bytes: the trace id once more, where a format names the parent by both ids. */
  parentTraceId: 3,
  start: 4,
  end: 5,
  /** Time of the event, if there is one. */
  event: 6,
  /** 6 hex digits. */
  user: 7,
  /** 8 hex digits. */
  order: 8,
  /** The first 8 of 16 hex digits; the others stay. */
  request: 9,
  /** The 6 characters of the tenant's name. */
  tenant: 10,
} as const

/** How many slots a span has. */
export const slotStride = 11

/** An encoded span and where its slots begin in `body`; 0 for a slot that it does not have. */
export interface EncodedSpan {
  readonly body: Uint8Array
  readonly slots: Uint32Array
}

/** The slot of the value of an attribute, by its key. */
export const attributeSlots: Readonly<
  Record<string, { readonly slot: number; readonly skip: number }>
> = {
  'user.id': { slot: SpanSlot.user, skip: 1 },
  'order.id': { slot: SpanSlot.order, skip: 0 },
  'req.id': { slot: SpanSlot.request, skip: 0 },
  tenant: { slot: SpanSlot.tenant, skip: 0 },
}

/** Ids of a span before its first sending. */
export interface SpanIds {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentSpanId: Uint8Array | undefined
}
