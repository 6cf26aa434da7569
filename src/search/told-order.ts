/** Trailing metadata of `jaeger.storage.v2.Capabilities/GetCapabilities`: in which order its searches answer. */
export const searchOrderKey = 'spangate-search-order'

/**
 * The order of every store of this program: by the newest matching span, descending, ties by trace id, and
 * exactly as many traces as were asked for.
 */
export const newestMatchOrder = 'newest-match'
