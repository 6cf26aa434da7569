import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { residentBytesOf } from '../../bench/process-usage.ts'
import { ClusterSession } from '../../src/stores/cassandra/cluster-session.ts'
import { migrate } from '../../src/stores/cassandra/schema/migrate.ts'
import { traceIdOf } from '../conformance/sample.ts'
import { CassandraCluster } from '../servers/cassandra-cluster.ts'
import { sessionOptions } from '../stores/cassandra/test-cluster.ts'
import { until } from '../transport/start-listener.ts'
import type { Load } from './export-load.ts'
import { exportRequest, Ledger, startLoad } from './export-load.ts'
import { OtlpClient, QueryClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'

/** For how long nodes come and go. */
export interface OutliveOptions {
  /** Under load, in which one node is killed and started again twice. */
  readonly loadMs: number
  /** Without any node. */
  readonly outageMs: number
  /** Which of the three is killed first; the next time it is the next one. */
  readonly firstNode: number
  /** A client waits so long after each answer. */
  readonly pauseMs: number
}

/** What may wait for the store; a gateway without it would take hundreds of MB more. */
const limits = [
  'otlp.grpc',
  'otlp.http',
  'jaeger.grpc',
  'jaeger.http',
  'zipkin.http',
  'storage.grpc',
  'query.http',
].flatMap((listener) => [`--${listener}.max-message-size`, '8MiB'])
const admissionLimits = [...limits, '--admission.max-bytes', '32MiB']
const moreMemoryMax = 256e6
/** What is read and searched for again and again; the load is of other traces, of another service. */
const known = { trace: 1, firstId: 1, count: 5, service: 'known' }

/**
 * Three nodes with a copy of all spans each, LOCAL_QUORUM: one of them is killed -9 and started again
 * under load, twice, then all are killed and come back. Holds that every span is there that was
 * acknowledged, that no client gets an error that sending again does not heal, that reads go on, that
 * memory stays bounded, and that the gateway needs no restart.
 */
export async function outliveNodes(t: Test, options: OutliveOptions): Promise<void> {
  const cluster = await CassandraCluster.start()
  t.teardown(() => cluster.stop())
  const store = `cassandra://${cluster.hosts}/spans?replication=3`
  await prepare(store)
  const gateway = await GatewayProcess.start({
    store,
    args: admissionLimits,
  })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc, queryHttp } = await gateway.ready(60_000)
  const ledger = new Ledger()
  const reads = await startReads(otlpGrpc, queryGrpc)

  await t.test('one node at a time is killed -9 and comes back, under load', async (t) => {
    const load = startLoad({
      address: otlpGrpc,
      ledger,
      clients: 8,
      firstTrace: 100,
      traces: 200,
      pauseMs: options.pauseMs,
      timeoutMs: 10_000,
      retryForMs: 30_000,
    })
    const endMs = performance.now() + options.loadMs
    for (let kill = 0; kill < 2; kill++) {
      const node = cluster.nodes[(options.firstNode + kill) % 3]
      await setTimeout(options.loadMs / 10)
      await node?.kill9()
      const before = load.acknowledged
      await setTimeout(options.loadMs / 8)
      await until(() => load.acknowledged > before + 10)
      t.pass(`goes on without a node, kill ${kill + 1}`)
      await node?.restart()
      await othersSeen(store)
    }
    await setTimeout(Math.max(0, endMs - performance.now()))
    await load.stop()
    t.same(load.givenUp, [], 'sending again heals all')
    t.same(unexpected(load), [], 'each refusal says that it may be sent again')
    t.same(await ledger.faults(queryGrpc), [], 'all that was acknowledged is there, once')
    t.comment(`${ledger.count} spans acknowledged, ${load.refusals.length} requests refused`)
  })

  await t.test('reads go on meanwhile', async (t) => {
    const { count, failures, longestGapMs } = await reads.stop()
    t.comment(`${count} reads, ${failures.length} failed, ${Math.round(longestGapMs)} ms without`)
    t.same(
      failures.filter((failure) => !failure.includes('UNAVAILABLE')),
      [],
      'what fails says that it may be asked again',
    )
    t.ok(failures.length <= count / 4, `${failures.length} reads failed`)
    t.ok(count > options.loadMs / 2000, 'reads were answered')
    t.ok(longestGapMs < 15_000, `${longestGapMs} ms without an answer`)
  })

  await t.test('without any node clients are told when to come again', async (t) => {
    const pid = gateway.pid ?? 0
    const beforeBytes = residentBytesOf(pid)
    await Promise.all(cluster.nodes.map((node) => node.kill9()))
    // More than may wait: 64 requests of 2 MB.
    const load = startLoad({
      address: otlpGrpc,
      ledger,
      clients: 64,
      firstTrace: 1000,
      spansPerRequest: 20,
      padding: 100_000,
      pauseMs: 500,
      timeoutMs: 10_000,
    })
    // Where there is little time, none of those may be whole before its client gives it up, and the store is not asked.
    const small = startLoad({
      address: otlpGrpc,
      ledger,
      clients: 1,
      firstTrace: 1500,
      pauseMs: 500,
      timeoutMs: 10_000,
    })
    let peakBytes = 0
    const endMs = performance.now() + options.outageMs
    while (performance.now() < endMs) {
      await setTimeout(200)
      peakBytes = Math.max(peakBytes, residentBytesOf(pid))
    }
    const told = await failingStatus(queryHttp)
    t.equal(told.store.writes.state, 'STORE_STATE_FAILING', JSON.stringify(told.store))
    t.ok(
      told.problems.some((problem) => problem.startsWith('Writes fail since ')),
      told.problems.join('\n'),
    )
    t.ok(
      told.store.cassandra.nodes.some(({ up }) => !up),
      'nodes are told to be down',
    )
    await Promise.all([load.stop(), small.stop()])
    t.equal(load.acknowledged + small.acknowledged, 0)
    t.ok(load.refusals.length > 64, 'requests were refused')
    t.same([...unexpected(load), ...unexpected(small)], [])
    const more = Math.round((peakBytes - beforeBytes) / 1e6)
    t.comment(`${load.refusals.length} refused, memory ${more} MB more than before`)
    t.ok(peakBytes - beforeBytes < moreMemoryMax, `memory grew by ${more} MB`)

    await Promise.all(cluster.nodes.map((node) => node.restart()))
    const next = startLoad({
      address: otlpGrpc,
      ledger,
      clients: 4,
      firstTrace: 2000,
      pauseMs: 50,
      timeoutMs: 10_000,
      retryForMs: 60_000,
    })
    await next.reached(40)
    await next.stop()
    t.same(next.givenUp, [])
    t.same(await ledger.faults(queryGrpc), [], 'all is there that ever was acknowledged')
    await until(async () => (await statusOf(queryHttp)).store.writes.state === 'STORE_STATE_OK')
    const { code, signal } = await gateway.stop()
    if (code !== 0) t.comment(gateway.stderr.slice(-3000))
    t.same({ code, signal }, { code: 0, signal: null }, 'was the same process all the time')
  })
}

/** What is read of how the gateway does. */
interface Status {
  readonly problems: readonly string[]
  readonly store: {
    readonly writes: { readonly state: string }
    readonly cassandra: { readonly nodes: readonly { readonly up: boolean }[] }
  }
}

/** It is answered whatever the store does. */
async function statusOf(queryHttp: string): Promise<Status> {
  const response = await fetch(`http://${queryHttp}/api/spangate/status`)
  return (await response.json()) as Status
}

/**
 * The status once it tells that writes fail, or after a while as it is. At first large messages share what room there
 * is, and on a busy machine it takes some seconds until any of them is whole and waits for the store.
 */
async function failingStatus(queryHttp: string): Promise<Status> {
  const endMs = performance.now() + 60_000
  for (;;) {
    const status = await statusOf(queryHttp)
    const isFailing = status.store.writes.state === 'STORE_STATE_FAILING'
    if (isFailing || performance.now() > endMs) return status
    await setTimeout(500)
  }
}

/** Answers that no client could make anything of. */
function unexpected({ refusals }: Load): readonly string[] {
  return refusals
    .filter(({ code, retryAfterMs }) => {
      if (code === 'DEADLINE_EXCEEDED') return false
      return code !== 'UNAVAILABLE' || !((retryAfterMs ?? 0) > 0)
    })
    .map(({ code, message, retryAfterMs }) => `${code} ${message} ${retryAfterMs}`)
}

interface Reads {
  /** Asks no more. */
  stop(): Promise<{ count: number; failures: readonly string[]; longestGapMs: number }>
}

/** Stores a trace, and then reads and finds it again and again. */
async function startReads(otlpGrpc: string, queryGrpc: string): Promise<Reads> {
  const writer = new OtlpClient(otlpGrpc)
  const { code } = await writer.export(exportRequest(known))
  writer.close()
  if (code !== 'OK') throw new Error(`The gateway refused the first spans: ${code}`)
  const client = new QueryClient(queryGrpc)
  const failures: string[] = []
  let isStopping = false
  let count = 0
  let longestGapMs = 0
  let lastMs = performance.now()
  const read = async (): Promise<void> => {
    const there = (await client.spanIds(traceIdOf(known.trace))).length
    if (there !== known.count) throw new Error(`of the trace ${there} spans are there`)
    const found = await client.traceIds(known.service)
    if (found.length !== 1) throw new Error(`${found.length} traces are found`)
  }
  const reading = (async () => {
    while (!isStopping) {
      try {
        await read()
        count += 1
        longestGapMs = Math.max(longestGapMs, performance.now() - lastMs)
        lastMs = performance.now()
      } catch (error) {
        failures.push(String(error))
      }
      await setTimeout(500)
    }
  })()
  return {
    async stop() {
      isStopping = true
      await reading
      client.close()
      return { count, failures, longestGapMs }
    },
  }
}

/** Resolves when a node asked after a restart of another one takes reads at all replicas. */
async function othersSeen(store: string): Promise<void> {
  const options = sessionOptions(`${store}&consistency=ALL`)
  const deadline = performance.now() + 60_000
  for (;;) {
    const session = await ClusterSession.connect(options, 'spans')
    try {
      await session.raw('Cannot look', 'SELECT * FROM service LIMIT 1')
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
    } finally {
      await session.close()
    }
    await setTimeout(500)
  }
}

/** Tables take longer to make than a program has to be ready. */
async function prepare(store: string): Promise<void> {
  const options = sessionOptions(store)
  const deadline = performance.now() + 60_000
  for (;;) {
    const session = await ClusterSession.connect(options, undefined)
    try {
      await migrate(session, { address: options.address })
      return
    } catch (error) {
      // The nodes have not all seen each other yet.
      if (performance.now() > deadline) throw error
    } finally {
      await session.close()
    }
    await setTimeout(500)
  }
}
