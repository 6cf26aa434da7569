import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import type { SpanGroup } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { decodeRequest } from './decode-request.ts'
import { writeResource, writeScope, writeSpan } from './encode-span.ts'

/** The bytes of a TracesData message; each group becomes a ResourceSpans of its own. */
export function encodeGroups(groups: readonly SpanGroup[]): Uint8Array {
  const writer = new WireWriter(64 * 1024)
  for (const group of groups) writer.message(1, () => writeGroup(writer, group))
  return writer.finish()
}

/**
 * Groups from another format as a batch: encoded, then checked and repaired like a request.
 *
 * @throws WireError when a group breaks a limit that no single span can be refused for
 */
export function batchOfGroups(groups: readonly SpanGroup[], options: DecodeOptions): Decoded {
  return decodeRequest(encodeGroups(groups), options)
}

function writeGroup(writer: WireWriter, group: SpanGroup): void {
  const { resource } = group
  if (resource !== undefined) writer.message(1, () => writeResource(writer, resource))
  writer.message(2, () => writeScopeSpans(writer, group))
  writer.string(3, group.resourceSchemaUrl)
  writer.raw(group.resourceUnknown)
}

function writeScopeSpans(writer: WireWriter, group: SpanGroup): void {
  const { scope } = group
  if (scope !== undefined) writer.message(1, () => writeScope(writer, scope))
  for (const span of group.spans) writer.message(2, () => writeSpan(writer, span))
  writer.string(3, group.scopeSchemaUrl)
  writer.raw(group.scopeUnknown)
}
