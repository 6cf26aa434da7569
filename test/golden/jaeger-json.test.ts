import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { encodeTraces } from '../../bridge/jaeger-json/encode-traces.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { projectRoot } from '../project-root.ts'
import { jaegerProtoFile } from './golden-names.ts'
import type { Difference } from './json-differences.ts'
import { differences } from './json-differences.ts'

/**
 * Our JSON of Jaeger's messages beside that of Jaeger's own converter; test/golden/jaeger-json/generate
 * makes the files, and the version is in their names.
 */
const folder = join(projectRoot, 'test/golden/jaeger-json')
const chunks = join(projectRoot, 'test/golden/jaeger-proto')
const version = '.jaeger-1.65.0.json'
const names = readdirSync(folder)
  .filter((name) => name.endsWith(version))
  .map((name) => name.slice(0, -version.length))

t.ok(names.length >= 21)

/** Jaeger's numbers have no sign, and its empty bytes are null. */
const listed: Readonly<Record<string, readonly Difference[]>> = {
  'jaeger-times': [
    { path: '[0].spans[5].duration', theirs: 18446744073704552000, ours: -5_000_000 },
    { path: '[0].spans[7].startTime', theirs: 18446744073704552000, ours: -5_000_000 },
  ],
  'jaeger-values': [{ path: '[0].spans[0].tags[14].value', theirs: null, ours: '' }],
}

for (const name of names) {
  t.test(`encodeTraces() of ${name} is what Jaeger makes`, async (t) => {
    const ours = encodeTraces(
      spansOf(readFileSync(join(chunks, `${name}${jaegerProtoFile.chunk}`))),
    )
    const theirs = JSON.parse(readFileSync(join(folder, `${name}${version}`), 'utf8'))
    const found = differences(theirs, JSON.parse(JSON.stringify(ours)))
    t.same(found, listed[name] ?? [], JSON.stringify(found))
  })
}

function* spansOf(chunk: Uint8Array): Generator<Uint8Array> {
  const reader = new WireReader(chunk)
  while (reader.more()) {
    reader.tag()
    yield reader.slice()
  }
}
