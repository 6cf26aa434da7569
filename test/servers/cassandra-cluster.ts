import type { CassandraOptions } from './cassandra-config.ts'
import { CassandraNode } from './cassandra-node.ts'
import { freePort } from './free-port.ts'

/** Each node has a third of the ring. */
const tokens = ['-9223372036854775808', '-3074457345618258603', '3074457345618258602']
const addresses = tokens.map((_, at) => `127.0.0.${at + 1}`)

/** Three real nodes of Cassandra on 127.0.0.1, .2 and .3, with the same ports; Linux. */
export class CassandraCluster {
  readonly nodes: readonly CassandraNode[]

  /** Starts the nodes at the same time and resolves when all take connections. */
  static async start(options: CassandraOptions = {}): Promise<CassandraCluster> {
    const port = await freePort(addresses)
    const storagePort = await freePort(addresses)
    const started = await Promise.allSettled(
      tokens.map((token, at) => {
        const address = addresses[at] as string
        return CassandraNode.start(options, { address, port, storagePort, token, seeds: addresses })
      }),
    )
    const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const cluster = new CassandraCluster(nodes)
    const failed = started.find((one) => one.status === 'rejected')
    if (failed === undefined) return cluster
    await cluster.stop()
    throw failed.reason
  }

  private constructor(nodes: readonly CassandraNode[]) {
    this.nodes = nodes
  }

  /** As in the address of a store. */
  get hosts(): string {
    return this.nodes.map(({ address, port }) => `${address}:${port}`).join(',')
  }

  /** Ends all nodes and removes their files; safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }
}
