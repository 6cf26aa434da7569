import { constants, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint } from '../gateway-child.ts'
import { GatewayChild } from '../gateway-child.ts'
import { diskBytesOf } from '../process-usage.ts'
import { fillLargeTraces } from './fill-large-traces.ts'
import { fillStore } from './fill-store.ts'
import type { StoreFacts } from './store-facts.ts'
import { readFacts, writeFacts } from './store-facts.ts'

/** Which store, and how much is in it. */
export interface FilledStoreOptions {
  /** `sqlite:` or `memory:`. */
  readonly store: string
  readonly spans: number
  readonly spanBytes: number
  readonly seed: number
  readonly spreadMs: number
  /** Folder in which the store stays for the next time; a temporary one by default. */
  readonly keep: string | undefined
  /** True leaves the kept store as it is and works on a copy, for who writes more into it. */
  readonly onCopy?: boolean
  /** Spans of traces that are stored beside the others; see fill-large-traces.ts. */
  readonly largeTraces?: readonly number[]
}

/** A gateway over a store whose content is known. */
export interface FilledStore {
  readonly gateway: GatewayChild
  readonly facts: StoreFacts
  /** Stops the gateway, and removes the store unless it is kept. */
  close(): Promise<void>
}

/**
 * Starts a gateway over a filled store. One on disk is filled first and started anew, so that what
 * is measured did not also do the filling; one that is kept is used as it is.
 *
 * @throws Error when the kept store was made with other options
 */
export async function openFilledStore(options: FilledStoreOptions): Promise<FilledStore> {
  const { keep, onCopy } = options
  if (options.store === 'memory:') return await fillMemory(options)
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'spangate-bench-'))
  mkdirSync(folder, { recursive: true })
  const remove = (): void => {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
  const data = join(folder, 'data')
  const factsFile = join(folder, 'facts.json')
  try {
    const facts = readFacts(factsFile) ?? (await fillDisk(options, { data, factsFile }))
    if (facts.spans < options.spans || facts.spanBytes !== options.spanBytes) {
      throw new Error(
        `Cannot use the store in ${folder}: it has ${facts.spans} spans of ${facts.spanBytes} bytes`,
      )
    }
    const largeTraces = facts.largeTraces?.length ?? 0
    if (largeTraces < (options.largeTraces?.length ?? 0)) {
      throw new Error(`Cannot use the store in ${folder}: it has ${largeTraces} large traces`)
    }
    return await openDisk(data, { facts, remove, isCopied: keep !== undefined && onCopy === true })
  } catch (error) {
    remove()
    throw error
  }
}

interface DiskInput {
  readonly facts: StoreFacts
  readonly remove: () => void
  readonly isCopied: boolean
}

async function openDisk(
  data: string,
  { facts, remove, isCopied }: DiskInput,
): Promise<FilledStore> {
  const copy = isCopied ? mkdtempSync(join(tmpdir(), 'spangate-bench-')) : undefined
  const path = copy === undefined ? data : join(copy, 'data')
  if (copy !== undefined) {
    cpSync(data, path, { recursive: true, mode: constants.COPYFILE_FICLONE })
  }
  const gateway = await GatewayChild.start(`sqlite:${path}`)
  const close = async (): Promise<void> => {
    await gateway.stop()
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true })
    remove()
  }
  return { gateway, facts, close }
}

async function fillMemory(options: FilledStoreOptions): Promise<FilledStore> {
  // Nothing may be evicted, or answers would not be known.
  const mebibytes = Math.ceil((options.spans * (options.spanBytes + 500)) / 2 ** 20)
  const flags = ['--store.memory.max-bytes', `${mebibytes}MiB`]
  const gateway = await GatewayChild.start('memory:', flags)
  const endpoint = gateway.endpoint('otlp.grpc')
  const facts = await fill(options, endpoint)
  return { gateway, facts, close: () => gateway.stop() }
}

async function fill(options: FilledStoreOptions, endpoint: Endpoint): Promise<StoreFacts> {
  const facts = await fillStore({ ...options, endpoint })
  const sizes = options.largeTraces ?? []
  if (sizes.length === 0) return facts
  const endUnixMs = facts.endUnixMs - options.spreadMs / 2
  const largeTraces = await fillLargeTraces({ ...options, endpoint, sizes, endUnixMs })
  return { ...facts, largeTraces }
}

async function fillDisk(
  options: FilledStoreOptions,
  { data, factsFile }: { readonly data: string; readonly factsFile: string },
): Promise<StoreFacts> {
  const gateway = await GatewayChild.start(`sqlite:${data}`)
  try {
    const startMs = performance.now()
    const filled = await fill(options, gateway.endpoint('otlp.grpc'))
    await gateway.stop()
    const facts = { ...filled, diskBytes: diskBytesOf(data) }
    writeFacts(factsFile, facts)
    const seconds = Math.round((performance.now() - startMs) / 1000)
    console.log(`filled ${facts.spans} spans in ${seconds} s`)
    return facts
  } finally {
    await gateway.stop()
  }
}
