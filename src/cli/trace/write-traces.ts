import type { Writable } from 'node:stream'
import type { Client } from '@grpc/grpc-js'
import type { FoundTrace__Output } from '../../../proto/gen/spangate/v1/FoundTrace.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { openOutput } from '../convert/open-files.ts'
import { SpanWriter } from '../convert/span-writer.ts'
import { isServiceError } from '../endpoint.ts'
import type { OutputFormat } from '../formats/format.ts'
import type { OutputName } from '../formats/format-names.ts'
import { outputOf } from '../formats/format-table.ts'
import { renderTrace } from './render-trace.ts'
import type { TreeStyle } from './render-tree.ts'
import { readTrace } from './search-client.ts'

/** Where traces are written, and how. */
export interface WriteTracesOptions {
  readonly client: Client
  /** Path, or `-` for standard output. */
  readonly file: string
  readonly format: OutputName
  /** Of trees. */
  readonly style?: TreeStyle
  readonly stdout: () => Writable & { readonly isTTY?: boolean }
  readonly timeoutMs: number
}

/** Bytes of spans that may wait for others of their trace, where a format needs whole traces. */
const gatherBytesMax = 64 * 1024 * 1024

/**
 * Reads each trace whole and writes it, a message at a time: the file is of any size, what is held is
 * a message, or the trace where the format needs it whole. A trace that expired meanwhile is left out.
 *
 * @returns how many traces and spans were written
 * @throws GatewayError for a file that cannot be written, or bytes for a terminal
 */
export async function writeTraces(
  found: AsyncIterable<FoundTrace__Output>,
  options: WriteTracesOptions,
): Promise<{ readonly traces: number; readonly spans: number }> {
  const { client, file, format, style, stdout, timeoutMs } = options
  const output: OutputFormat = format === 'tree' ? treesIn(style) : outputOf(format)
  // A file is what was stored; what people look at is adjusted.
  const raw = format !== 'tree'
  if (output.kind === 'bytes' && file === '-' && stdout().isTTY === true) {
    const state = `${format} is binary and this is a terminal`
    throw new GatewayError('invalid_argument', `Cannot write to standard output: ${state}`)
  }
  const traceIds = found[Symbol.asyncIterator]()
  // A gateway that does not answer leaves an older file as it is.
  let next = await traceIds.next()
  const sink = openOutput(file, '', stdout)
  const writer = new SpanWriter(output, sink.write, gatherBytesMax)
  let traces = 0
  try {
    for (; next.done !== true; next = await traceIds.next()) {
      const { traceId } = next.value
      try {
        for await (const batch of readTrace(client, traceId, { raw, timeoutMs }))
          await writer.write(batch)
        traces += 1
      } catch (error) {
        if (!(isServiceError(error) && error.code === notFound)) throw error
      }
    }
  } finally {
    await traceIds.return?.()
    // A document is whole also after an error.
    await writer.end({ isWhole: true })
    await sink.end()
  }
  return { traces, spans: writer.spans }
}

function treesIn(style: TreeStyle | undefined): OutputFormat {
  return {
    kind: 'text',
    wholeTraces: true,
    encode: (batches) => ({
      written: String(renderTrace(batches, 'tree', style)),
      lost: new Map(),
    }),
  }
}

const notFound = 5
