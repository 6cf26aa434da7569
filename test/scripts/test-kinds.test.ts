import { pathToFileURL } from 'node:url'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

const { kindOf }: { readonly kindOf: (path: string) => string } = await import(
  pathToFileURL(`${projectRoot}/scripts/test-kinds.js`).href
)

t.test('kindOf() tells the kind of a test from its folder, then from its name', async (t) => {
  const kinds: readonly [string, string][] = [
    ['dist/test/bridge/wire/reader.test.js', 'unit'],
    ['dist/test/fuzz/otlp.test.js', 'fuzz'],
    ['dist/test/bridge/otlp/decode-span-fuzz.test.js', 'fuzz'],
    ['dist/test/long/otlp-fuzz.test.js', 'long'],
    ['dist/test/e2e/long/kill.test.js', 'long'],
    ['dist/test/stores/memory-store.test.js', 'conformance'],
    ['dist/test/stores/sqlite/golden.test.js', 'golden'],
    ['dist/test/clients/grpcurl.test.js', 'clients'],
    ['dist/test/bridge/refuzz.test.js', 'unit'],
  ]
  for (const [path, kind] of kinds) t.equal(kindOf(path), kind, path)
})
