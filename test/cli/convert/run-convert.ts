import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import type { Test } from 'tap'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import type { ConvertOptions } from '../../../src/cli/convert/convert.ts'
import { convert } from '../../../src/cli/convert/convert.ts'
import { sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { testDirectory } from '../../test-directory.ts'

/** What a conversion came to. */
export interface Converted {
  readonly isWell: boolean
  readonly output: Buffer
  readonly lines: readonly string[]
}

/** Converts bytes, in pieces of 97, or a file. */
export async function run(
  t: Test,
  input: Uint8Array | string,
  options: Partial<ConvertOptions> & Pick<ConvertOptions, 'to'>,
): Promise<Converted> {
  const output = options.output ?? join(testDirectory(t, {}), 'output')
  const lines: string[] = []
  const isWell = await convert({
    input: typeof input === 'string' ? input : '-',
    output,
    from: undefined,
    keepGoing: false,
    partBytesMax: 1024 * 1024,
    stdin: () => Readable.from(inPieces(input as Uint8Array), { objectMode: false }),
    stdout: () => new PassThrough(),
    line: (text) => lines.push(text),
    ...options,
  })
  return { isWell, output: readFileSync(output), lines }
}

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97)
}

/** A TracesData of spans with these ids, each of the trace with its number. */
export function tracesOf(...spans: readonly (readonly [trace: number, id: number])[]): Uint8Array {
  return encodeGroups(
    spans.map(([trace, id]) => sampleGroup([sampleSpan({ trace, id, name: `span ${id}` })])),
  )
}

/** Ids and names of all spans of a TracesData. */
export function spansIn(traces: Uint8Array): string[] {
  const { batch } = decodeRequest(new Uint8Array(traces), { arrivalUnixMs: 0 })
  return groupsOf(batch).flatMap(({ spans }) =>
    spans.map(
      ({ traceId, spanId, name }) => Buffer.from([...traceId, ...spanId]).toString('hex') + name,
    ),
  )
}
