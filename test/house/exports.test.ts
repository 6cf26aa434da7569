import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'

// What other programs import, by the names that they use: a package may import itself so.

const { exports: published } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))

const names = {
  'spangate/client': ['createSpanExporter'],
  'spangate/client/sampler': ['createRemoteSampler'],
  'spangate/gateway': ['startEmbeddedGateway'],
  'spangate/bridge/opentelemetry/gateway-span-exporter': ['GatewaySpanExporter'],
  'spangate/bridge/opentelemetry/remote-sampler': ['RemoteSampler'],
  'spangate/bridge/opentracing/bridge-tracer': ['BridgeTracer'],
  'spangate/bridge/opentracing/active-span': ['contextWithSpan', 'withActiveSpan'],
  'spangate/bridge/opentracing/priority-sampler': ['prioritySampler'],
  'spangate/bridge/opentracing/decode-recorded': ['groupsOfRecorded'],
  'spangate/bridge/opentracing/encode-recorded': ['recordedSpansOf'],
  'spangate/bridge/propagation/text-map-propagator': ['textMapPropagator'],
} as const

for (const [name, members] of Object.entries(names)) {
  t.test(`a program can import ${members.join(', ')} from ${name}`, async (t) => {
    const module: Readonly<Record<string, unknown>> = await import(name)
    for (const member of members) t.type(module[member], 'function', member)
  })
}

t.test('each export of package.json that is one file is tried here', async (t) => {
  const files = Object.keys(published).filter((path) => !/\*|package\.json/.test(path))
  t.same(
    files.filter((path) => !Object.keys(names).includes(path.replace('.', 'spangate'))),
    [],
  )
})
