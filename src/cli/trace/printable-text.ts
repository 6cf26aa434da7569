/** Text from anywhere, fit for a terminal: what would move its cursor is shown as its code. */
export function printableText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))
}
