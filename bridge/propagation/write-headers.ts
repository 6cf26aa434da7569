import { Buffer } from 'node:buffer'
import type { Field } from './format.ts'

/** Headers of a message: of kafkajs a record, of others a map or a list of one-key objects. */
export type MessageHeaders =
  | Record<string, unknown>
  | Map<string, unknown>
  | Record<string, unknown>[]

/**
 * Sets each field in the headers of an HTTP request, in place of one of the same name in whatever
 * case.
 */
export function writeHttpHeaders(fields: readonly Field[], headers: Record<string, unknown>): void {
  for (const [name, value] of fields) setInRecord(headers, name, value)
}

/** The same for the headers of a message, as bytes of UTF-8, which every client takes. */
export function writeMessageHeaders(fields: readonly Field[], headers: MessageHeaders): void {
  for (const [name, value] of fields) setMessageHeader(headers, name, Buffer.from(value))
}

function setMessageHeader(headers: MessageHeaders, name: string, value: Uint8Array): void {
  if (Array.isArray(headers)) {
    for (const header of headers) removeFromRecord(header, name)
    headers.push({ [name]: value })
  } else if (headers instanceof Map) {
    for (const key of [...headers.keys()]) if (isSameName(key, name)) headers.delete(key)
    headers.set(name, value)
  } else setInRecord(headers, name, value)
}

function setInRecord(headers: Record<string, unknown>, name: string, value: unknown): void {
  removeFromRecord(headers, name)
  headers[name] = value
}

function removeFromRecord(headers: Record<string, unknown>, name: string): void {
  for (const key of Object.keys(headers)) if (isSameName(key, name)) delete headers[key]
}

function isSameName(key: string, name: string): boolean {
  return key.toLowerCase() === name.toLowerCase()
}
