import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import type { OutputName } from '../../src/cli/formats/format-names.ts'
import { projectRoot } from '../project-root.ts'

const folder = join(projectRoot, 'test/golden/jaeger-collector')
const message = readFileSync(join(folder, 'random-otlp.pdata-1.61.0.bin'))
const sizeMax = 300 * 1024 * 1024
/**
 * What is not garbage must fit in here, which a document of this size does not: how much garbage there is depends on how busy
 * the machine is. A trace in Jaeger's JSON is objects, some 20 times as large as its spans.
 */
const heapMiB = 256
/** With what V8 keeps outside of that heap, the program itself and buffers. */
const processMiBMax = 450

t.setTimeout(0)

/** One message of 300 MiB, as protobuf puts those together that follow each other. */
function* pieces(): Generator<Uint8Array> {
  for (let size = 0; size < sizeMax; size += message.length) yield message
}

for (const to of ['otlp_json', 'jaeger_proto', 'jaeger_ui_json'] satisfies OutputName[]) {
  t.test(`convert of 300 MiB to ${to} takes the memory of its parts`, async (t) => {
    const flags = ['convert', '--from', 'otlp_proto', '--to', to, '--max-part-size', '8MiB']
    const main = join(projectRoot, 'dist/src/main.js')
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, main, ...flags])
    let lines = ''
    let peakMiB = 0
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      lines += text
    })
    child.stdout.resume()
    const timer = setInterval(() => {
      peakMiB = Math.max(peakMiB, peakOf(child.pid ?? 0))
    }, 200)
    Readable.from(pieces(), { objectMode: false }).pipe(child.stdin)
    const [code] = (await once(child, 'close')) as [number | null]
    clearInterval(timer)
    t.equal(code, 0, lines)
    t.match(lines, /^spangate: 1 document; 1\d{6} spans; /m)
    t.ok(peakMiB > 0 && peakMiB < processMiBMax, `${peakMiB.toFixed(0)} MiB at its peak`)
  })
}

/** The largest resident size of a process so far, in MiB; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    const [, kibi = '0'] =
      /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return Number(kibi) / 1024
  } catch {
    return 0
  }
}
