/** U+FEFF in UTF-8. RFC 8259 lets readers of JSON pass over it. */
export const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf)

/** Whether a text begins so in UTF-16, as a shell of Windows writes files. */
export function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
}
