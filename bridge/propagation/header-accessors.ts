import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api'
import type { HeaderSource } from './carrier.ts'
import { headerEntries, isHeaderValue, textOf } from './carrier.ts'
import type { MessageHeaders } from './write-headers.ts'
import { writeHttpHeaders, writeMessageHeaders } from './write-headers.ts'

/**
 * For `propagation.extract`: reads the headers of an HTTP request or of a message, of every kind that
 * `carrierOf` takes. The case of names does not count; bytes are read as UTF-8.
 */
export const headerGetter: TextMapGetter<HeaderSource> = {
  keys: (source) => [...new Set([...headerEntries(source)].map(([name]) => name))],
  get: (source, key) => {
    const named = [...headerEntries(source)].filter(
      ([name]) => name.toLowerCase() === key.toLowerCase(),
    )
    const values = named
      .flatMap(([, value]) => value)
      .filter(isHeaderValue)
      .map((value) => (typeof value === 'string' ? value : textOf(value)))
    return values.length > 1 ? values : values[0]
  },
}

/** For `propagation.inject` into the headers of an HTTP request. */
export const httpHeaderSetter: TextMapSetter<Record<string, unknown>> = {
  set: (headers, name, value) => writeHttpHeaders([[name, value]], headers),
}

/** For `propagation.inject` into the headers of a message: bytes of UTF-8. */
export const messageHeaderSetter: TextMapSetter<MessageHeaders> = {
  set: (headers, name, value) => writeMessageHeaders([[name, value]], headers),
}

/** True for what `headerGetter` can read. */
export function isHeaderSource(source: unknown): source is HeaderSource {
  return typeof source === 'object' && source !== null
}
