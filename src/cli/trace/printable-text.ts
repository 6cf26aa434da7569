/** Text from anywhere, fit for a terminal: what would move its cursor is shown as its code. */
export function printableText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    // JSON leaves those from 0x7f on as they are.
    if (character < ' ') return JSON.stringify(character).slice(1, -1)
    return `\\u00${character.charCodeAt(0).toString(16)}`
  })
}
