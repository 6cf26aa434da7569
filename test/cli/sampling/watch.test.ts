import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import t from 'tap'
import type { WatchCommand } from '../../../src/cli/sampling/watch.ts'
import { watch } from '../../../src/cli/sampling/watch.ts'

const status = {
  mode: 'adaptive',
  services: 3,
  operations: 12,
  adaptive: {
    targetPerSecond: 1,
    intervalSeconds: 15,
    leader: 'host:1',
    isLeader: false,
    leaseSeconds: 18.2,
    receivers: null,
  },
}
const operations = [
  {
    service: 'cart',
    operation: 'GET /cart',
    probability: 0.00472,
    observedPerSecond: 212,
    keptPerSecond: 1,
  },
  { service: 'cart', operation: '', probability: 0.1, observedPerSecond: 0, keptPerSecond: null },
]

const right = (request: IncomingMessage, response: ServerResponse): void => {
  const isOperations = request.url?.includes('/operations')
  response.end(JSON.stringify(isOperations ? { operations } : status))
}

/** A server that answers as it is told, and what a command prints that asks it. */
async function gatewayOf(t: Test, answer: (...exchange: Parameters<typeof right>) => void) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const out: string[] = []
  const errors: string[] = []
  const stop = new AbortController()
  const command: WatchCommand = {
    endpoint: new URL(`http://${host}`),
    service: undefined,
    limit: 40,
    everyMs: 5,
    once: true,
    json: false,
    isTerminal: false,
    signal: stop.signal,
    stdout: (text) => out.push(text),
    stderr: (text) => errors.push(text),
  }
  return { host, requests, out, errors, stop, command }
}

t.test('watch() prints a table', async (t) => {
  const { command, out, requests } = await gatewayOf(t, right)
  await watch(command)
  t.same(out.join('').split('\n'), [
    'mode adaptive, target 1/s every 15 s, 3 services, 12 operations',
    'led by host:1, known for 18 s',
    '',
    'SERVICE  OPERATION  OBSERVED/S  KEPT/S  PROBABILITY',
    'cart     GET /cart         212       1      0.00472',
    'cart     (others)            0       -          0.1',
    'and 10 more operations',
    '',
  ])
  t.equal(requests[1]?.url, '/api/spangate/sampling/operations?limit=40')
})

t.test('watch() of the leader says how many processes it counts', async (t) => {
  const { command, out } = await gatewayOf(t, (request, response) => {
    const isOperations = request.url?.includes('/operations')
    const adaptive = { ...status.adaptive, isLeader: true, receivers: 1 }
    const one = { ...status, services: 1, operations: 1, adaptive }
    response.end(JSON.stringify(isOperations ? { operations: [] } : one))
  })
  await watch(command)
  t.same(out.join('').split('\n').slice(0, 2), [
    'mode adaptive, target 1/s every 15 s, 1 service, 1 operation',
    'led by host:1 (asked here), known for 18 s, counts of 1 process',
  ])
})

t.test('watch() of one service counts no operations of the others', async (t) => {
  const { command, out, requests } = await gatewayOf(t, right)
  await watch({ ...command, service: 'cart' })
  t.notMatch(out.join(''), 'more operations')
  t.equal(requests[1]?.url, '/api/spangate/sampling/operations?limit=40&service=cart')
  await watch({ ...command, service: 'cart', limit: 2 })
  t.match(out.join(''), /\nthe 2 busiest\n$/)
})

t.test('watch() prints a line of JSON for each look until the signal', async (t) => {
  const { command, out, stop } = await gatewayOf(t, right)
  const stdout = (text: string): void => {
    if (out.push(text) === 3) stop.abort()
  }
  await watch({ ...command, once: false, json: true, stdout })
  t.equal(out.length, 3)
  for (const line of out) t.match(JSON.parse(line), { ...status, shown: operations })
})

t.test('watch() that looks once a month looks once', async (t) => {
  const { command, requests, stop, out } = await gatewayOf(t, right)
  const everyMs = 30 * 86_400_000
  const watching = watch({ ...command, once: false, everyMs })
  // Of a wait that is too long for a timer Node makes one of 1 ms.
  for (let waits = 0; out.length === 0 || waits < 50; waits++) await setTimeout(2)
  stop.abort()
  await watching
  t.equal(requests.length, 2)
})

t.test('watch() keeps the path of its endpoint, and to itself who asks', async (t) => {
  const { command, host, requests } = await gatewayOf(t, right)
  await watch({ ...command, endpoint: new URL(`http://me:secret%21@${host}/tracing/`) })
  t.equal(requests[0]?.url, '/tracing/api/spangate/sampling')
  const expected = `Basic ${Buffer.from('me:secret!').toString('base64')}`
  t.equal(requests[0]?.headers.authorization, expected)
  const { command: failing, host: other } = await gatewayOf(t, (_, response) => {
    response.writeHead(403).end()
  })
  await t.rejects(watch({ ...failing, endpoint: new URL(`http://me:secret@${other}/tracing`) }), {
    code: 'store_unavailable',
    message: `Cannot ask http://${other}/tracing: it answers 403`,
  })
})

t.test('watch() asks again a gateway that has answered', async (t) => {
  let asked = 0
  const { command, out, errors, stop } = await gatewayOf(t, (request, response) => {
    asked += 1
    if (asked === 3) response.writeHead(503).end()
    else if (asked === 4) request.socket.destroy()
    else right(request, response)
  })
  const stdout = (text: string): void => {
    if (out.push(text) === 2) stop.abort()
  }
  await watch({ ...command, once: false, stdout })
  t.equal(out.length, 2)
  t.equal(errors.length, 2)
  t.match(errors[0], /^Cannot ask http:\/\/127\.0\.0\.1:\d+: it answers 503; asking again\n$/)
})

t.test('watch() ends in order when the signal comes while it waits for an answer', async (t) => {
  const { command, stop, requests } = await gatewayOf(t, () => {})
  const watching = watch({ ...command, once: false })
  while (requests.length === 0) await setTimeout(5)
  stop.abort()
  await watching
  t.pass()
})

for (const [what, text] of [
  ['null', 'null'],
  ['an envelope', '{"data":[]}'],
  ['a status without its numbers', JSON.stringify({ ...status, adaptive: {} })],
  ['a text', '<html>'],
] as const) {
  t.test(`watch() says so where ${what} is the answer`, async (t) => {
    const { command } = await gatewayOf(t, (_, response) => response.end(text))
    await t.rejects(watch(command), { code: 'store_unavailable', message: /^Cannot ask http/ })
  })
}

t.test('watch() says so where operations are none', async (t) => {
  const { command } = await gatewayOf(t, (request, response) => {
    if (request.url?.includes('/operations')) response.end('{"operations":[{}]}')
    else right(request, response)
  })
  await t.rejects(watch(command), { message: /its answer is not that of a gateway$/ })
})
