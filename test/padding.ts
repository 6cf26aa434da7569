import { createHash } from 'node:crypto'

/** A text that is another one for each number, and that compresses badly, as bytes of spans may. */
export function paddingOf(number: number, length: number): string {
  let text = ''
  for (let piece = 0; text.length < length; piece++) {
    text += createHash('sha256').update(`${number} ${piece}`).digest('base64')
  }
  return text.slice(0, length)
}
