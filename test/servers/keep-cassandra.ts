/**
 * A process that holds one Cassandra for the test files of a run: it starts the server, tells each
 * that connects where it is, and ends it when nobody has been connected for some seconds.
 */
import { createServer } from 'node:net'
import { CassandraNode } from './cassandra-node.ts'
import { keeperName } from './shared-cassandra.ts'

/** Long enough for the next test file to begin. */
const lingerMs = 15_000

const starting = CassandraNode.start
let clients = 0
let node: Promise<CassandraNode> | undefined
let ending: NodeJS.Timeout | undefined

const server = createServer((socket) => {
  clients += 1
  clearTimeout(ending)
  node ??= starting()
  const tell = (message: { port: number } | { problem: string }): void => {
    socket.write(`${JSON.stringify(message)}\n`)
  }
  node.then(
    ({ port }) => tell({ port }),
    (error: unknown) => tell({ problem: String(error) }),
  )
  socket.on('error', () => {})
  socket.resume()
  socket.once('close', () => {
    clients -= 1
    if (clients === 0) ending = setTimeout(end, lingerMs)
  })
})

// Another one was faster: it is asked.
server.once('error', () => process.exit(0))
server.listen(keeperName, () => {
  ending = setTimeout(end, lingerMs)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)

async function end(): Promise<void> {
  server.close()
  await node?.then((started) => started.stop()).catch(() => {})
  process.exit(0)
}
