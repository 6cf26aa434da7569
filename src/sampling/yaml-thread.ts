import { Worker } from 'node:worker_threads'
import { finishing } from './give-way.ts'
import { JsonError } from './json-outline.ts'
import type { ReadStrategies } from './read-strategies.ts'
import { readBroken, readingJson, readParsed } from './read-strategies.ts'
import { parseYaml, yamlTextOf } from './strategies-text.ts'

/** What the thread is given. */
export interface YamlRequest {
  readonly text: string
  readonly defaultProbability: number
}

/** What it says of it. */
export interface YamlAnswer extends Pick<ReadStrategies, 'problems' | 'errors' | 'warnings'> {
  /** The document as JSON, which can be read in turns; undefined when there is an error. */
  readonly json: Uint8Array | undefined
}

/** Shorter ones are read where they are: in about 10 ms, a fifth of what a thread takes to begin. */
const shortLetters = 8 * 1024
/** A thread that needs more is ended. */
const heapMibMax = 2048

/**
 * Reads a document of strategies while others have their turns: JSON in steps, and YAML, whose parser knows none, in a
 * thread of its own that ends with it.
 *
 * @param signal ends it; what is said then is of no use
 */
export async function readStrategiesApart(
  bytes: Buffer,
  defaultProbability: number,
  signal: AbortSignal,
): Promise<ReadStrategies> {
  const read = await finishing(readingJson(bytes, defaultProbability))
  if (!(read instanceof JsonError)) return read
  const text = yamlTextOf(bytes, read)
  if (typeof text !== 'string') return readBroken(text)
  if (text.length <= shortLetters) return readParsed(parseYaml(text), defaultProbability)
  return await readInThread({ text, defaultProbability }, signal)
}

async function readInThread(request: YamlRequest, signal: AbortSignal): Promise<ReadStrategies> {
  let answer: YamlAnswer
  try {
    answer = await ask(request, signal)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return readBroken({ kind: 'broken', line: undefined, message })
  }
  const { json, ...said } = answer
  const lineOf = () => 1
  if (json === undefined) return { strategies: undefined, lineOf, ...said }
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength)
  const read = await finishing(readingJson(bytes, request.defaultProbability))
  if (read instanceof JsonError) throw read
  return { strategies: read.strategies, lineOf, ...said }
}

/** @throws Error of a thread that ends without an answer */
async function ask(request: YamlRequest, signal: AbortSignal): Promise<YamlAnswer> {
  // A loader of the main thread, as test runners have, is nothing for this one.
  const worker = new Worker(new URL('./yaml-worker.js', import.meta.url), {
    workerData: request,
    execArgv: [],
    name: 'yaml',
    resourceLimits: { maxOldGenerationSizeMb: heapMibMax },
  })
  const end = (): void => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await new Promise<YamlAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`its thread ended with ${code}`)))
      if (signal.aborted) end()
    })
  } finally {
    signal.removeEventListener('abort', end)
  }
}
