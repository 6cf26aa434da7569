/**
 * Our protos against the published contracts. The golden files hold what test/clients/descriptors
 * read from published Go modules, whose versions stand in each; `go run . ../../golden/proto` there
 * renews them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project-root.ts'
import type { Contract } from './read-descriptors.ts'
import { readDescriptors } from './read-descriptors.ts'

const kinds = ['messages', 'enums', 'services'] as const

/** What is published and we do not declare, exactly: an entry too many fails as well. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  // Envelopes of Jaeger's HTTP answers; no gRPC method has them.
  jaeger: [
    'jaeger.api_v3.GRPCGatewayError',
    'jaeger.api_v3.GRPCGatewayError.GRPCGatewayErrorDetails',
    'jaeger.api_v3.GRPCGatewayWrapper',
  ],
  // Details of errors that this gateway does not send.
  'google-rpc': [
    'google.rpc.DebugInfo',
    'google.rpc.ErrorInfo',
    'google.rpc.ErrorInfo.MetadataEntry',
    'google.rpc.Help',
    'google.rpc.Help.Link',
    'google.rpc.PreconditionFailure',
    'google.rpc.PreconditionFailure.Violation',
    'google.rpc.QuotaFailure',
    'google.rpc.QuotaFailure.Violation',
    'google.rpc.QuotaFailure.Violation.QuotaDimensionsEntry',
    'google.rpc.RequestInfo',
    'google.rpc.ResourceInfo',
  ],
  opentelemetry: [],
  'grpc-health': [],
  zipkin: [],
}

/**
 * What the published modules do not have, exactly. Zipkin's module for Go is older than the service,
 * which zipkin-api's zipkin.proto has.
 */
const publishedElsewhere = ['zipkin.proto3.ReportResponse', 'zipkin.proto3.SpanService']

const ours = readDescriptors()
const published = Object.entries(leftOut).map(([name, omitted]) => ({
  name,
  omitted,
  golden: readGolden(name),
}))

for (const { name, omitted, golden } of published) {
  t.test(`${name}: every published name is declared the same`, async (t) => {
    const missing: string[] = []
    for (const kind of kinds) {
      for (const [symbol, declared] of Object.entries(golden[kind])) {
        const own = ours[kind][symbol]
        if (own === undefined) missing.push(symbol)
        else t.strictSame(own, declared, symbol)
      }
    }
    t.same(missing.sort(), [...omitted].sort(), 'left out')
  })
}

t.test('nothing is declared that is not published', async (t) => {
  const unknown: string[] = []
  for (const kind of kinds) {
    const known = new Set(published.flatMap(({ golden }) => Object.keys(golden[kind])))
    const own = Object.keys(ours[kind])
    t.ok(own.length > 0, `${kind} are found`)
    // Our own contracts are published nowhere else.
    const borrowed = own.filter((symbol) => !symbol.startsWith('spangate.'))
    unknown.push(...borrowed.filter((symbol) => !known.has(symbol)))
  }
  t.same(unknown, publishedElsewhere)
})

function readGolden(name: string): Contract {
  return JSON.parse(readFileSync(join(projectRoot, `test/golden/proto/${name}.json`), 'utf8'))
}
