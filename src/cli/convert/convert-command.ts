import type { Command } from 'commander'
import { Option } from 'commander'
import { sizeOf } from '../flag-values.ts'
import type { InputName, OutputName } from '../formats/format-names.ts'
import { inputNames, outputNames } from '../formats/format-names.ts'
import type { ProgramContext } from '../program-context.ts'
import { ExitCode } from '../program-context.ts'

interface Flags {
  readonly from?: InputName
  readonly to: OutputName
  readonly output: string
  readonly keepGoing?: true
  readonly maxPartSize: string
}

/** Adds `spangate convert`. */
export function addConvert(
  program: Command,
  context: ProgramContext,
  setCode: (code: number) => void,
): void {
  program
    .command('convert')
    .allowExcessArguments(false)
    .argument('[file]', 'what is read, also gzip; - is standard input', '-')
    .description('Read spans in one format and write them in another, of any size.')
    .addOption(new Option('--from <format>', 'left out, the file tells it').choices(inputNames))
    .addOption(
      new Option('--to <format>', 'what is written').choices(outputNames).makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'where to; - is standard output', '-')
    .option('--keep-going', 'pass over documents that cannot be read; the exit code is 1 then')
    .option('--max-part-size <size>', 'most that is held of the file at once', '64MiB')
    .action(async (input: string, flags: Flags) => {
      const { convert } = await import('./convert.ts')
      const isWell = await convert({
        input,
        output: flags.output,
        from: flags.from,
        to: flags.to,
        keepGoing: flags.keepGoing === true,
        partBytesMax: sizeOf('--max-part-size', flags.maxPartSize),
        stdin: context.openStdin,
        stdout: context.openStdout,
        line: (text) => context.stderr(`spangate: ${text}\n`),
      })
      setCode(isWell ? ExitCode.fine : ExitCode.failed)
    })
}
