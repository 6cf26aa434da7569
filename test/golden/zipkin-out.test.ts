import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { decodeZipkinJson } from '../../bridge/zipkin/decode-json.ts'
import { zipkinSpansOf } from '../../bridge/zipkin/encode-json.ts'
import { zipkinProtoOf } from '../../bridge/zipkin/encode-proto.ts'
import type { ZipkinSpan } from '../../bridge/zipkin/zipkin-span.ts'
import { projectRoot } from '../project-root.ts'

// What we write of v2 beside what Zipkin's own codecs for Java write of the same spans;
// test/golden/zipkin/generate-java makes the files.
const folder = join(projectRoot, 'test/golden/zipkin/in')
const read = (name: string, encoding: string) =>
  readFileSync(join(folder, `${name}.zipkin-3.5.1.v2.${encoding}`))

for (const name of ['plain', 'spans']) {
  const theirs = JSON.parse(read(name, 'json').toString('utf8')) as readonly ZipkinSpan[]

  t.test(`zipkinProtoOf() of ${name} is what Zipkin writes, byte for byte`, async (t) => {
    t.equal(theirs.length, 100)
    t.equal(Buffer.compare(zipkinProtoOf(theirs), read(name, 'proto.bin')), 0)
  })

  t.test(
    `zipkinSpansOf() gives ${name} of Zipkin as they came, but for what is told`,
    async (t) => {
      const { batch, rejected } = decodeZipkinJson(read(name, 'json'), { arrivalUnixMs: 0 })
      t.same(rejected, [])
      const ours = zipkinSpansOf(groupsOf(batch))
      t.same(inOrder(ours.map(withoutAdded)), inOrder(theirs.map(withoutReplaced)))
    },
  )
}

/** Without what bridge/zipkin/README.md says is added: repaired names, old names of the scope, the status of an error. */
function withoutAdded(span: ZipkinSpan): unknown {
  const { name, localEndpoint = {}, tags = {}, ...rest } = span
  const { serviceName, ...address } = localEndpoint
  return {
    ...rest,
    ...(name === 'empty-span-name' ? {} : { name }),
    localEndpoint: {
      ...address,
      ...(serviceName === 'missing-service-name' ? {} : { serviceName }),
    },
    tags: withoutStatus(
      Object.fromEntries(
        Object.entries(tags).filter(
          ([key, value]) => value !== tags[key.replace('.library.', '.scope.')] || !isOld(key),
        ),
      ),
    ),
  }
}

function isOld(key: string): boolean {
  return key.startsWith('otel.library.')
}

/** A failed span says so by a code of its own, in the place of any other; a port of nobody is a tag. */
function withoutReplaced(span: ZipkinSpan): unknown {
  const { localEndpoint = {}, remoteEndpoint, tags = {}, ...rest } = span
  const isOfNobody = Object.keys(remoteEndpoint ?? {}).join() === 'port'
  return {
    ...rest,
    localEndpoint,
    ...(remoteEndpoint === undefined || isOfNobody ? {} : { remoteEndpoint }),
    tags: withoutStatus({
      ...tags,
      ...(isOfNobody && { 'net.peer.port': String(remoteEndpoint?.port) }),
    }),
  }
}

function withoutStatus(tags: Readonly<Record<string, string>>): Record<string, string> {
  const { 'otel.status_code': code, ...others } = tags
  return code === undefined || 'error' in tags ? others : { ...others, 'otel.status_code': code }
}

/** By ids; both halves of a call may have the same. */
function inOrder(spans: readonly unknown[]): readonly unknown[] {
  const keyed = spans.map((span) => [JSON.stringify(sorted(span)), span] as const)
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key]) => JSON.parse(key))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
