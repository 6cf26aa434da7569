import { parseReference } from './parse-field.ts'
import type { Reference } from './syntax.ts'
import { textLimitDefaults } from './text-limits.ts'
import { TokenReader } from './token-reader.ts'

/**
 * The attribute or field of this name: `span.http.method`, `.key`, `name`.
 *
 * @throws GatewayError 'invalid_argument' with line and column when it is none
 */
export function parseName(text: string): Reference {
  const reader = new TokenReader(text.slice(0, textLimitDefaults.textMax), 1)
  const reference = parseReference(reader)
  if (reference === undefined) {
    throw reader.unexpected(['an attribute such as ".key"', 'a field such as "name"'])
  }
  if (reader.next.kind !== 'end') throw reader.unexpected(['the end'])
  return reference
}
