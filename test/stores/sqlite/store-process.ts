/**
 * A process that uses a store, started by tests that kill, trace or starve it:
 *
 *   hold PATH           opens, prints `ready`, waits to be killed
 *   write PATH RUN      writes until it is killed; prints `stored TRACE FIRST COUNT` after each answer
 *   commits PATH COUNT  writes COUNT requests, one after the other
 *   fill PATH           writes until a write fails; prints `failed CODE`, and `stored` once it can
 *                       write again, which it tries after each line on its standard input
 *
 * What the store refuses at the start is printed as `refused CODE MESSAGE`.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { batchOf, never, retentionMs } from './store-samples.ts'

const [command, path = '', argument = '0'] = process.argv.slice(2)

// Synchronously, so that whatever was answered is in the pipe when the process is killed.
function print(line: string): void {
  writeSync(1, `${line}\n`)
}

const writersInParallel = 8
const spansPerWrite = 7

async function writeForEver(store: SpanStore, run: number): Promise<void> {
  let next = 0
  const writer = async (): Promise<void> => {
    for (;;) {
      const at = next++
      // Some traces get many requests, and some requests are of the same trace at the same time.
      const trace = run * 1000 + (at % 100) + 1
      const firstId = at * spansPerWrite + 1
      const padding = at % 10 === 0 ? 20_000 : 100
      await store.write('', batchOf({ trace, firstId, count: spansPerWrite, padding }), never)
      print(`stored ${trace} ${firstId} ${spansPerWrite}`)
    }
  }
  await Promise.all(Array.from({ length: writersInParallel }, writer))
}

async function fill(store: SpanStore): Promise<void> {
  let trace = 0
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  for (;;) {
    trace++
    try {
      await store.write('', batchOf({ trace, padding: 100_000 }), never)
      if (trace === 1) print('stored')
    } catch (error) {
      const code =
        error instanceof GatewayError ? `${error.code} ${error.retryable}` : String(error)
      print(`failed ${code} ${trace - 1}`)
      break
    }
  }
  while (!(await lines.next()).done) {
    try {
      await store.write('', batchOf({ trace, padding: 100_000 }), never)
      print(`stored ${trace}`)
    } catch (error) {
      print(`failed ${error instanceof GatewayError ? error.code : String(error)}`)
    }
  }
}

async function main(): Promise<void> {
  const store = await openSqliteStore({ path, retentionMs, readers: 1 })
  print('ready')
  switch (command) {
    case 'hold':
      setInterval(() => {}, 1000)
      return
    case 'write':
      return writeForEver(store, Number(argument))
    case 'commits':
      for (let trace = 1; trace <= Number(argument); trace++) {
        await store.write('', batchOf({ trace }), never)
      }
      return store.close()
    case 'fill':
      await fill(store)
      return store.close()
    default:
      throw new Error(`unknown command ${command}`)
  }
}

main().catch((error: unknown) => {
  print(`refused ${error instanceof GatewayError ? error.code : 'bug'} ${String(error)}`)
  process.exitCode = 1
})
