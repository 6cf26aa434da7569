import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { biomeOverrides } from './layers/biome-overrides.ts'
import type { Source } from './layers/check.ts'
import { checkSources } from './layers/check.ts'
import { readSources } from './layers/read-sources.ts'
import { layers } from './layers/table.ts'
import { projectRoot } from './project-root.ts'

t.test('every import of the project is an edge of the table', async (t) => {
  const sources = readSources()
  t.ok(sources.length > 20, 'sources are found')
  t.same(checkSources(sources), [])
})

t.test('every folder of the table exists', async (t) => {
  const paths = readSources().map((source) => source.path)
  // Benchmarks have a place before there are any.
  const missing = Object.keys(layers).filter(
    (name) =>
      name !== 'bench' && !paths.some((path) => path === name || path.startsWith(`${name}/`)),
  )
  t.same(missing, [])
})

t.test('biome.json says the same in the editor', async (t) => {
  const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
  const biome = JSON.parse(readFileSync(join(projectRoot, 'biome.json'), 'utf8'))
  const expected = biomeOverrides(packages)
  t.same(biome.overrides.slice(0, expected.length), expected)
})

/** Files that exist beside each planted fault, so that only the planted line is wrong. */
const neighbours: readonly Source[] = [
  { path: 'bridge/model/span.ts', text: 'export interface Span {}' },
  { path: 'bridge/wire/reader.ts', text: 'export const reader = 1' },
  { path: 'bridge/otlp/decode-span.ts', text: '' },
  { path: 'bridge/jaeger-proto/decode-span.ts', text: '' },
  { path: 'proto/gen/trace.ts', text: 'export interface Trace {}' },
  { path: 'src/stores/sqlite/writer-thread.ts', text: '' },
  { path: 'src/errors/status.ts', text: '' },
  { path: 'src/gateway.ts', text: '' },
  { path: 'test/project-root.ts', text: '' },
]

const faults: readonly (readonly [path: string, text: string, problem: RegExp])[] = [
  ['bridge/otlp/a.ts', `import '../../src/errors/status.ts'`, /imports src\/errors\/status.ts/],
  ['bridge/otlp/a.ts', `import type { S } from '../../src/gateway.ts'`, /imports src\/gateway.ts/],
  ['bridge/otlp/a.ts', `import '../jaeger-proto/decode-span.ts'`, /never another format/],
  ['bridge/model/a.ts', `export * from '../otlp/decode-span.ts'`, /imports bridge\/otlp/],
  ['bridge/wire/a.ts', `import { s } from '../model/span.ts'`, /imports bridge\/model/],
  ['bridge/otlp/a.ts', `import { t } from '../../proto/gen/trace.ts'`, /only types are allowed/],
  ['bridge/wire/a.ts', `import { readFileSync } from 'node:fs'`, /imports node:fs/],
  ['bridge/wire/a.ts', `import 'node:timers/promises'`, /imports node:timers\/promises/],
  ['bridge/wire/a.ts', `import 'worker_threads'`, /without node:/],
  ['bridge/wire/a.ts', `import grpc from '@grpc/grpc-js'`, /imports @grpc\/grpc-js/],
  ['bridge/wire/a.ts', 'const now = Date.now()', /uses Date.now/],
  ['bridge/wire/a.ts', 'const now = new Date()', /uses Date\(\)/],
  ['bridge/wire/a.ts', 'const now = performance.now()', /uses performance/],
  ['bridge/wire/a.ts', 'const id = Math.random()', /uses Math.random/],
  ['bridge/wire/a.ts', `console.warn('lost')`, /uses console/],
  ['bridge/wire/a.ts', 'const home = process.env', /uses process/],
  ['bridge/wire/a.ts', 'setTimeout(() => {}, 1)', /uses setTimeout/],
  ['bridge/wire/a.ts', 'const g = { now: globalThis }', /uses globalThis/],
  ['bridge/nowhere/a.ts', '', /no row of test\/layers\/table.ts lists its folder/],
  ['bridge/a.ts', '', /no row of test\/layers\/table.ts lists its folder/],
  ['src/utils/a.ts', '', /no row of test\/layers\/table.ts lists its folder/],
  ['bridge/otlp/index.ts', '', /is a barrel/],
  ['src/stores/index.ts', '', /is a barrel/],
  ['src/query/a.ts', `import '../errors/status'`, /without \.ts/],
  ['src/query/a.ts', `import '../errors/status.js'`, /without \.ts/],
  ['src/query/a.ts', `import '../errors/gone.ts'`, /is no source file/],
  ['src/query/a.ts', `import '../stores/sqlite/writer-thread.ts'`, /imports src\/stores/],
  ['src/query/a.ts', `await import('../stores/sqlite/writer-thread.ts')`, /imports src\/stores/],
  ['src/query/a.ts', `let s: import('../gateway.ts').S`, /imports src\/gateway.ts/],
  ['src/query/a.ts', 'await import(name)', /imports a name that is computed/],
  ['src/query/a.ts', `import { RE2JS } from 're2js'`, /imports re2js/],
  ['src/query/a.ts', `import Database from 'better-sqlite3'`, /imports better-sqlite3/],
  ['src/query/a.ts', `import pino from 'pino'`, /only types are allowed/],
  ['src/stores/a.ts', `import '@grpc/grpc-js'`, /imports @grpc\/grpc-js/],
  ['src/stores/a.ts', `import 'left-pad'`, /imports left-pad/],
  ['src/stores/a.ts', `import '../../test/project-root.ts'`, /imports test\/project-root.ts/],
  ['src/stores/a.ts', `new URL('./sqlite/writer-thread.js', import.meta.url)`, /same folder/],
  ['src/stores/a.ts', `new URL('./gone-thread.js', import.meta.url)`, /has no source/],
]

t.test('planted faults are caught', async (t) => {
  for (const [path, text, problem] of faults) {
    const found = checkSources([...neighbours, { path, text }])
    t.equal(found.length, 1, `${path}: ${text || '(empty)'}`)
    t.match(found[0], problem)
  }
})

const fine: readonly (readonly [path: string, text: string])[] = [
  ['bridge/otlp/a.ts', `import { reader } from '../wire/reader.ts'`],
  ['bridge/jaeger-proto/a.ts', `import '../otlp/decode-span.ts'`],
  ['bridge/otlp/a.ts', `import type { Trace } from '../../proto/gen/trace.ts'`],
  ['bridge/wire/a.ts', `import { isUtf8 } from 'node:buffer'`],
  ['bridge/wire/a.ts', 'const day = new Date(0)'],
  ['bridge/wire/a.ts', 'const a = { process: 1 }; a.process; span.process.tags'],
  ['bridge/wire/a.ts', 'interface Span { process: string; console(): void }'],
  ['src/stores/sqlite/a.ts', `new URL('./writer-thread.js', import.meta.url)`],
  ['src/query/a.ts', `import type { Logger } from 'pino'`],
  ['src/main.ts', `import './gateway.ts'`],
  ['test/a.test.ts', `import '../src/stores/sqlite/writer-thread.ts'`],
  ['test/a.test.ts', 'await import(name)'],
]

t.test('allowed sources pass', async (t) => {
  for (const [path, text] of fine) {
    t.same(checkSources([...neighbours, { path, text }]), [], `${path}: ${text}`)
  }
})
