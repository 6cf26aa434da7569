import { Metadata } from '@grpc/grpc-js'
import t from 'tap'
import { asBytes, createClient, explain } from '../../src/cli/endpoint.ts'
import { startRefusingServer } from '../client/refusing-server.ts'

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

/** What a person is told of a call that fails. */
async function failureAt(endpoint: string): Promise<string> {
  const client = createClient(endpoint)
  const deadline = Date.now() + 20_000
  const error = await new Promise<unknown>((resolve) => {
    const bytes = new Uint8Array(0)
    client.makeUnaryRequest(path, asBytes, asBytes, bytes, new Metadata(), { deadline }, resolve)
  })
  client.close()
  return explain(error, endpoint)
}

t.test('explain() tells a server that refuses from one that is not there', async (t) => {
  const { address } = await startRefusingServer(t, [{ code: 14, details: 'the disk is full' }])
  t.equal(await failureAt(address), `UNAVAILABLE from ${address}: the disk is full`)
  t.match(await failureAt('127.0.0.1:1'), /^Cannot reach 127\.0\.0\.1:1: /)
})
