/**
 * `npm run bench:start [-- --runs N] [-- --spans N]`: time from the start of the process to the
 * ready line, with an empty store and, when spans are asked for, with one that holds that many.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { SpanGroup } from '../bridge/model/span.ts'
import { batchOfGroups } from '../bridge/otlp/encode-groups.ts'
import { createRandom } from '../src/cli/generate/random.ts'
import { shopTrace } from '../src/cli/generate/shop.ts'
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '11' }, spans: { type: 'string', default: '0' } },
})
const runs = Number(values.runs)
const spans = Number(values.spans)
const main = fileURLToPath(new URL('../src/main.js', import.meta.url))
const udp = ['jaeger.udp.compact', 'jaeger.udp.binary', 'jaeger.udp.zipkin']
const tcp = ['otlp.grpc', 'otlp.http', 'jaeger.grpc', 'zipkin.http', 'query.grpc', 'admin']
const listeners = [...tcp, ...udp]
const portFlags = listeners.flatMap((name) => [`--${name}.port`, '0'])

const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
try {
  console.log(`Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} CPUs`)
  console.log(cpus()[0]?.model ?? 'unknown CPU')
  await measure('empty store', join(folder, 'empty'))
  if (spans > 0) {
    const path = join(folder, 'full')
    await fill(path)
    await measure(`store with ${spans} spans`, path)
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function measure(what: string, path: string): Promise<void> {
  await startMs(path) // Makes the store, and warms the file cache.
  const times: number[] = []
  for (let run = 0; run < runs; run++) times.push(await startMs(path))
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(0)
  console.log(`${what}: median ${at(0.5)} ms, least ${at(0)}, most ${at(1)}, ${runs} runs`)
}

/** Starts the program, waits for its ready line and ends it. */
async function startMs(path: string): Promise<number> {
  const startedMs = performance.now()
  const child = spawn(
    process.execPath,
    [main, '--store', `sqlite:${path}`, '--log.level', 'error', ...portFlags],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ready = new Promise<number>((resolve) => {
    child.stdout.once('data', () => resolve(performance.now() - startedMs))
  })
  const failed = ended.then((code): never => {
    throw new Error(`The program ended with ${code} before it was ready`)
  })
  const passedMs = await Promise.race([ready, failed])
  child.kill('SIGTERM')
  await ended
  return passedMs
}

async function fill(path: string): Promise<void> {
  const random = createRandom(1)
  const store = await openSqliteStore({ path, retentionMs: 72 * 3_600_000 })
  const signal = new AbortController().signal
  for (let count = 0; count < spans; ) {
    const groups: SpanGroup[] = []
    for (let batch = 0; batch < 4000; ) {
      const trace = shopTrace(random, BigInt(Date.now()) * 1_000_000n)
      groups.push(...trace.groups)
      batch += trace.spanCount
      count += trace.spanCount
    }
    await store.write('', batchOfGroups(groups, { arrivalUnixMs: Date.now() }).batch, signal)
  }
  await store.close()
}
