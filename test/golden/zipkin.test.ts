import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../bridge/otlp/decode-request.ts'
import { zipkinSpansOf } from '../../bridge/zipkin/encode-json.ts'
import type { ZipkinSpan } from '../../bridge/zipkin/zipkin-span.ts'
import { projectRoot } from '../project-root.ts'
import { jaegerProtoFile } from './golden-names.ts'
import type { Difference } from './json-differences.ts'
import { differences } from './json-differences.ts'

/**
 * Our Zipkin JSON beside that of the Collector's translator; test/golden/zipkin/generate makes the
 * files, and the version is in their names.
 */
const folder = join(projectRoot, 'test/golden/zipkin')
const otlp = [folder, join(projectRoot, 'test/golden/jaeger-proto')]
const version = '.collector-0.155.0.json'
const names = readdirSync(folder)
  .filter((name) => name.endsWith(version))
  .map((name) => name.slice(0, -version.length))

t.ok(names.length >= 9)

/** Each is explained in bridge/zipkin/README.md. */
const listed: Readonly<Record<string, readonly Difference[]>> = JSON.parse(
  readFileSync(join(folder, 'differences.json'), 'utf8'),
)

t.same(
  Object.keys(listed).filter((name) => !names.includes(name)),
  [],
)

for (const name of names) {
  t.test(`zipkinSpansOf() of ${name} differs from the Collector only as listed`, async (t) => {
    const path =
      otlp
        .map((one) => join(one, `${name}${jaegerProtoFile.traces}`))
        .find((one) => existsSync(one)) ?? ''
    const { batch, rejected } = decodeRequest(readFileSync(path), { arrivalUnixMs: 0 })
    t.same(rejected, [])
    const ours = JSON.parse(JSON.stringify(zipkinSpansOf(groupsOf(batch)).map(asTheirs)))
    const theirs = JSON.parse(readFileSync(join(folder, `${name}${version}`), 'utf8'))
    const found = differences(theirs, ours)
    t.same(found, listed[name] ?? [], JSON.stringify(found))
  })
}

/** What differs in every span: zipkin-go writes names in lower case, and the Collector only the old scope tags. */
function asTheirs(span: ZipkinSpan): ZipkinSpan {
  const { name, localEndpoint, tags, ...rest } = span
  const kept = Object.entries(tags ?? {}).filter(([key]) => !key.startsWith('otel.scope.'))
  return {
    ...rest,
    ...(name === undefined ? {} : { name: name.toLowerCase() }),
    ...(localEndpoint?.serviceName === undefined
      ? {}
      : {
          localEndpoint: { ...localEndpoint, serviceName: localEndpoint.serviceName.toLowerCase() },
        }),
    ...(kept.length === 0 ? {} : { tags: Object.fromEntries(kept) }),
  }
}
