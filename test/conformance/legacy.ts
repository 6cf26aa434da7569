import assert from 'node:assert/strict'
import type { Span } from '../../bridge/model/span.ts'
import { queryOfLegacy } from '../../src/search/legacy-query.ts'
import { findTraces, writeGroups } from './answer.ts'
import type { Bench, Check } from './check.ts'
import { attributesOf, sampleGroup, sampleSpan } from './sample.ts'

/** The predicates of the old query APIs. */
export const legacy: readonly Check[] = [
  {
    name: 'find() finds error=true by status or attribute, and error=false by neither',
    async run(bench) {
      const samples = [
        { status: { code: 2, message: '' } },
        { attributes: { error: true } },
        { attributes: { error: 'true' } },
        { attributes: { error: false } },
        { status: { code: 1, message: '' } },
        {},
        { attributes: { error: 'timeout' } },
      ]
      await writeGroups(bench, [
        sampleGroup(samples.map((sample, at) => recent(bench, { trace: at + 1, ...sample }))),
      ])
      await asks(bench, [
        [{ error: 'true' }, [1, 2, 3]],
        [{ error: 'false' }, [4, 5, 6, 7]],
        [{ error: 'timeout' }, [7]],
      ])
    },
  },
  {
    name: 'find() finds http.status_code=500 as integer, text and double alike',
    async run(bench) {
      const values = [500n, '500', 500, 5000n, '500 ', 200n]
      await writeGroups(bench, [
        sampleGroup(
          values.map((value, at) =>
            recent(bench, { trace: at + 1, attributes: { 'http.status_code': value } }),
          ),
        ),
      ])
      await asks(bench, [
        [{ 'http.status_code': '500' }, [1, 2, 3]],
        [{ 'http.status_code': '500.0' }, []],
        [{ 'http.status_code': '' }, []],
      ])
    },
  },
  {
    name: 'find() finds a tag that only the resource, scope, an event or a link has',
    needs: ['every_field'],
    async run(bench) {
      const none = { droppedAttributesCount: 0 }
      const attributes = attributesOf({ key: 'value' })
      await writeGroups(bench, [
        sampleGroup([recent(bench, { trace: 1 })], { resource: { key: 'value' } }),
        sampleGroup([recent(bench, { trace: 2 })], { scope: { attributes: { key: 'value' } } }),
        sampleGroup([
          {
            ...recent(bench, { trace: 3 }),
            events: [{ name: 'e', timeUnixNano: 1n, attributes, ...none }],
          },
          { ...recent(bench, { trace: 4 }), links: [linkWith(attributes)] },
          recent(bench, { trace: 5, attributes: { key: 'value' } }),
          recent(bench, { trace: 6, attributes: { key: 'other', value: 'key' } }),
        ]),
      ])
      await asks(bench, [
        [{ key: 'value' }, [1, 2, 3, 4, 5]],
        [{ 'resource.key': 'value' }, [1]],
      ])
    },
  },
  {
    name: 'find() knows the special keys of the old APIs',
    async run(bench) {
      await writeGroups(bench, [
        sampleGroup([recent(bench, { trace: 1, kind: 2, status: { code: 1, message: '' } })], {
          scope: { name: 'library', version: '1.2' },
        }),
        sampleGroup([recent(bench, { trace: 2, kind: 3, status: { code: 2, message: 'broken' } })]),
        sampleGroup([recent(bench, { trace: 3, kind: 0 })], {
          scope: { name: 'other', version: '1.2' },
        }),
        sampleGroup([recent(bench, { trace: 4, attributes: { 'resource.id': '7' } })]),
      ])
      await asks(bench, [
        [{ 'span.kind': 'server' }, [1]],
        [{ 'span.kind': 'CLIENT' }, [2]],
        [{ 'span.kind': 'nonsense' }, []],
        [{ 'span.status': 'ok' }, [1]],
        [{ 'span.status': 'unset' }, [3, 4]],
        [{ 'otel.status_code': 'ERROR' }, [2]],
        [{ 'otel.status_description': 'broken' }, [2]],
        [{ 'scope.name': 'library' }, [1]],
        [{ 'scope.version': '1.2' }, [1, 3]],
        [{ 'scope.version': '1.2', 'otel.scope.name': 'other' }, [3]],
        [{ 'resource.service.name': 'shop' }, [1, 2, 3, 4]],
        [{ 'resource.id': '7' }, [4]],
        [{ 'service.name': 'shop', 'span.kind': 'server' }, [1]],
      ])
    },
  },
  {
    name: 'find() by service and operation wants both on one span, and needs neither',
    async run(bench) {
      await writeGroups(bench, [
        sampleGroup([recent(bench, { trace: 1, name: 'get' })], { service: 'front' }),
        sampleGroup(
          [recent(bench, { trace: 1, name: 'put' }), recent(bench, { trace: 2, name: 'get' })],
          { service: 'back' },
        ),
      ])
      const by = async (service: string, operation: string): Promise<number[]> =>
        (await findTraces(bench.store, queryOfLegacy({ service, operation, limit: 10 }))).sort()
      assert.deepEqual(await by('front', ''), [1])
      assert.deepEqual(await by('back', ''), [1, 2])
      assert.deepEqual(await by('front', 'put'), [])
      assert.deepEqual(await by('back', 'put'), [1])
      assert.deepEqual(await by('', 'get'), [1, 2])
      assert.deepEqual(await by('', ''), [1, 2])
      assert.deepEqual(await by('fron', ''), [])
      assert.deepEqual(await by('front', 'ge'), [])
    },
  },
]

function recent(
  bench: Bench,
  sample: Partial<Parameters<typeof sampleSpan>[0]> & { trace: number },
): Span {
  return sampleSpan({ id: 1, startMicros: (bench.arrivalUnixMs - 60_000) * 1000, ...sample })
}

function linkWith(attributes: Span['attributes']): Span['links'][number] {
  return {
    traceId: new Uint8Array(16).fill(1),
    spanId: new Uint8Array(8).fill(1),
    traceState: '',
    attributes,
    droppedAttributesCount: 0,
    flags: 0,
  }
}

async function asks(
  bench: Bench,
  rows: readonly (readonly [Readonly<Record<string, string>>, readonly number[]])[],
): Promise<void> {
  for (const [attributes, expected] of rows) {
    const query = queryOfLegacy({ attributes: new Map(Object.entries(attributes)), limit: 100 })
    const found = await findTraces(bench.store, query)
    assert.deepEqual(found.sort(), expected, JSON.stringify(attributes))
  }
}
