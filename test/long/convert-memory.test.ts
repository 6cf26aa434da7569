import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import t from 'tap'
import { convert } from '../../src/cli/convert/convert.ts'
import type { OutputName } from '../../src/cli/formats/format-names.ts'
import { projectRoot } from '../project-root.ts'

const folder = join(projectRoot, 'test/golden/jaeger-collector')
const message = readFileSync(join(folder, 'random-otlp.pdata-1.61.0.bin'))
const sizeMax = 300 * 1024 * 1024
const partBytesMax = 8 * 1024 * 1024

t.setTimeout(0)

/** One message of 300 MiB, as protobuf puts those together that follow each other. */
function* pieces(): Generator<Uint8Array> {
  for (let size = 0; size < sizeMax; size += message.length) yield message
}

for (const to of ['otlp_json', 'jaeger_proto', 'jaeger_ui_json'] satisfies OutputName[]) {
  t.test(`convert() of 300 MiB to ${to} takes the memory of its parts`, async (t) => {
    let peak = 0
    const before = process.memoryUsage().rss
    const lines: string[] = []
    const isWell = await convert({
      input: '-',
      output: '-',
      from: 'otlp_proto',
      to,
      keepGoing: false,
      partBytesMax,
      stdin: () => Readable.from(pieces(), { objectMode: false }),
      stdout: () =>
        new Writable({
          write: (_data, _encoding, done) => {
            peak = Math.max(peak, process.memoryUsage().rss)
            done()
          },
        }),
      line: (text) => lines.push(text),
    })
    t.ok(isWell)
    t.match(lines, [/^1 document; 1\d{6} spans; /])
    const grownMiB = (peak - before) / 2 ** 20
    t.ok(grownMiB < 200, `memory grew by ${grownMiB.toFixed(0)} MiB`)
  })
}
