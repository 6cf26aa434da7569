/** A command of a document, and what the document says that it prints. */
export interface Transcript {
  readonly command: string
  readonly output: string
}

/**
 * The commands in the console blocks of a Markdown document: a command begins behind `$ ` and ends with
 * the first line whose quotes are closed and that has no backslash at its end; what follows up to the
 * next command is its output.
 */
export function transcriptsOf(markdown: string): Transcript[] {
  const blocks = markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)
  return Array.from(blocks, ([, block = '']) => transcriptsIn(block)).flat()
}

function transcriptsIn(block: string): Transcript[] {
  const transcripts: { command: string; output: string }[] = []
  let isOpen = false
  for (const line of block.trimEnd().split('\n')) {
    const last = transcripts.at(-1)
    if (isOpen && last !== undefined) last.command += `\n${line}`
    else if (line.startsWith('$ ')) transcripts.push({ command: line.slice(2), output: '' })
    else if (last !== undefined) last.output += `${line}\n`
    const { command = '' } = transcripts.at(-1) ?? {}
    isOpen = command.endsWith('\\') || command.split("'").length % 2 === 0
  }
  return transcripts
}

/** Whether a command printed what is shown of it, where a line of three dots stands for any lines. */
export function isAsShown(printed: string, shown: string): boolean {
  const pieces = shown.trimEnd().split(/^ *\.\.\.$/m)
  const escaped = pieces.map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('[^]*')}$`).test(printed.trimEnd())
}
