import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { jsonOfGroups } from '../../bridge/otlp/encode-json.ts'
import { decodeZipkinJson } from '../../bridge/zipkin/decode-json.ts'
import { decodeZipkinProto } from '../../bridge/zipkin/decode-proto.ts'
import { decodeZipkinThrift } from '../../bridge/zipkin/decode-thrift.ts'
import { decodeZipkinV1Json } from '../../bridge/zipkin/decode-v1-json.ts'
import { projectRoot } from '../project-root.ts'
import { differences } from './json-differences.ts'
import type { OtlpJson } from './zipkin-comparable.ts'
import { callsOfV1, comparable, comparableV1, ours } from './zipkin-comparable.ts'

/**
 * Zipkin's spans as we read them, beside what Zipkin's own codecs for Java and the Collector make of
 * them. generate-java and generate-in in test/golden/zipkin make the files; the versions are in their
 * names.
 */
const folder = join(projectRoot, 'test/golden/zipkin/in')
const names = readdirSync(folder)
const read = (name: string) => readFileSync(join(folder, name))
const options = { arrivalUnixMs: 0, withTerms: true }
const zipkin = '.zipkin-3.5.1'
const collector = '.collector-0.155.0.json'

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Decoded>> = {
  '.v2.json': (bytes) => decodeZipkinJson(bytes, options),
  '.v2.proto.bin': (bytes) => decodeZipkinProto(bytes, options),
  '.v1.json': (bytes) => decodeZipkinV1Json(bytes, options),
  '.v1.thrift.bin': (bytes) => decodeZipkinThrift(bytes, options),
}

function decode(name: string): OtlpJson {
  const suffix = Object.keys(decoders).find((one) => name.endsWith(one)) ?? ''
  const decoded = decoders[suffix]?.(read(name))
  assert(decoded !== undefined && decoded.rejected.length === 0, name)
  return JSON.parse(JSON.stringify(jsonOfGroups(groupsOf(decoded.batch)))) as OtlpJson
}

for (const list of ['spans', 'plain']) {
  t.test(`decodeZipkinProto() of ${list} is decodeZipkinJson() of the same`, async (t) => {
    const asProto = decode(`${list}${zipkin}.v2.proto.bin`)
    t.same(asProto, decode(`${list}${zipkin}.v2.json`))
  })

  for (const encoding of ['json', 'thrift.bin']) {
    t.test(`v1 ${encoding} of ${list} is what Zipkin's own codec reads of it`, async (t) => {
      const converted = `${list}-of-v1-${encoding.split('.')[0]}${zipkin}.v2.json`
      t.same(decode(`${list}${zipkin}.v1.${encoding}`), decode(converted))
    })
  }
}

const old = names.filter((name) => /^old-[a-z]+\.v1\.json$/.test(name))
t.equal(old.length, 3)
for (const name of old) {
  t.test(`decodeZipkinV1Json() splits and times ${name} as Zipkin does`, async (t) => {
    // `lc` has another name with us.
    const text = JSON.stringify(decode(name.replace('.v1.json', `${zipkin}.v2.json`)))
    const theirs = JSON.parse(text.replaceAll('"key":"lc"', '"key":"component"')) as OtlpJson
    // Tags of v2 are in the order of their keys.
    const found = differences(comparable(theirs), comparable(decode(name)))
    t.same(found, [])
  })
}

const translated = names.filter((name) => name.endsWith(collector))
t.equal(translated.length, 10)
for (const name of translated) {
  const input = name.slice(0, -collector.length)
  t.test(`${input} differs from the Collector only as README.md says`, async (t) => {
    const theirs = JSON.parse(read(name).toString('utf8')) as OtlpJson
    const isV1 = input.includes('.v1.')
    // Of protobuf it makes an absent start one of 1970, and does not say so.
    const more = input.includes('.proto.') ? ['otel.zipkin.absentField.startTime'] : []
    const here = ours(decode(input), more)
    const known = callsOfV1(theirs)
    const calls = new Set([...callsOfV1(here)].filter((call) => known.has(call)))
    if (isV1) t.ok(calls.size > 30)
    const found = isV1
      ? differences(comparableV1(theirs, calls), comparableV1(here, calls))
      : differences(comparable(theirs), comparable(here))
    // Not as the message: there are texts in it that TAP does not carry.
    t.same(found, [])
  })
}
