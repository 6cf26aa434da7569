import { latin1Of } from '../../../bridge/wire/bytes-text.ts'
import type { Beginning } from '../formats/format.ts'
import type { InputName } from '../formats/format-names.ts'
import { inputNames } from '../formats/format-names.ts'
import { inputOf } from '../formats/format-table.ts'
import { byteOrderMark } from './byte-order.ts'
import type { ByteWindow } from './byte-window.ts'

/** So much of a file is looked at. */
const beginningBytes = 64 * 1024
/** Members of objects that nest deeper say nothing of the format. */
const depthMax = 3

/**
 * The format of a file by how it begins; undefined unless it can be only one.
 *
 * Length prefixes before protobuf messages are looked over, as the splitter knows them.
 */
export async function recogniseFormat(window: ByteWindow): Promise<InputName | undefined> {
  await window.need(beginningBytes)
  const bytes = withoutMark(window.bytes.subarray(0, beginningBytes))
  const beginning: Beginning = { bytes: withoutLength(bytes), members: membersOf(bytes) }
  const found = inputNames.filter((name) => inputOf(name).recognise(beginning))
  return found.length === 1 ? found[0] : undefined
}

/** Without a byte order mark before JSON. */
function withoutMark(bytes: Buffer): Buffer {
  const { length } = byteOrderMark
  return byteOrderMark.equals(bytes.subarray(0, length)) ? bytes.subarray(length) : bytes
}

/** Without the length that stands before the first message: 4 bytes, or a varint before a field 1. */
function withoutLength(bytes: Uint8Array): Uint8Array {
  const [first = 0x0a] = bytes
  if (first === 0x0a) return bytes
  if (first < 8) return bytes.subarray(4)
  const end = bytes.subarray(0, 5).findIndex((byte) => byte < 0x80) + 1
  return bytes[end] === 0x0a ? bytes.subarray(end) : bytes
}

/** Names of the members of the first levels. */
function membersOf(bytes: Uint8Array): ReadonlySet<string> | undefined {
  const text = latin1Of(bytes)
  if (!/^\s*[{[]/.test(text)) return undefined
  const members = new Set<string>()
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (token.endsWith(':') && depth <= depthMax) {
      members.add(token.slice(1, token.lastIndexOf('"')))
    }
  }
  return members
}
