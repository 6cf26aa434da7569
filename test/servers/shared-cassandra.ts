import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { projectRoot } from '../project-root.ts'

/**
 * Where the keeper of this checkout's shared server listens: a name that is no file, so that none is
 * left behind and only one process can have it (unix(7), abstract sockets; Linux).
 */
export const keeperName = `\0spangate-cassandra-${createHash('sha256')
  .update(projectRoot)
  .digest('hex')
  .slice(0, 16)}`

const waitMsMax = 120_000
/** The port of a server on 127.0.0.1 that runs already, of another version for example. */
const givenPort = 'SPANGATE_TEST_CASSANDRA_PORT'

/**
 * The port of a Cassandra on 127.0.0.1 that all test files of a run share, each with keyspaces of its
 * own. The first to ask starts it (keep-cassandra.ts); it ends by itself some seconds after the last
 * one has gone, however that went.
 */
export async function sharedCassandra(t: Test): Promise<number> {
  const given = process.env[givenPort]
  if (given !== undefined) return Number(given)
  const socket = await connectKeeper()
  t.teardown(() => socket.destroy())
  return await portFrom(socket)
}

/** A keyspace that no other test uses. */
export function freshKeyspace(): string {
  keyspaces += 1
  return `t${process.pid}_${Date.now().toString(36)}_${keyspaces}`
}

let keyspaces = 0

async function connectKeeper(): Promise<Socket> {
  const deadline = performance.now() + waitMsMax
  for (let attempt = 0; performance.now() < deadline; attempt++) {
    const socket = await tryConnect()
    if (socket !== undefined) return socket
    if (attempt % 100 === 0) startKeeper()
    await setTimeout(50)
  }
  throw new Error('Cannot reach the keeper of Cassandra')
}

function tryConnect(): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(keeperName)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

function startKeeper(): void {
  const program = join(projectRoot, 'dist/test/servers/keep-cassandra.js')
  spawn(process.execPath, [program], { detached: true, stdio: 'ignore' }).unref()
}

/** The keeper says one line: the port, or why there is none. */
function portFrom(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = globalThis.setTimeout(() => {
      reject(new Error('Cassandra was not ready in time'))
    }, waitMsMax)
    socket.setEncoding('utf8').on('data', (data: string) => {
      text += data
      if (!text.includes('\n')) return
      clearTimeout(timer)
      socket.unref()
      const { port, problem } = JSON.parse(text) as { port?: number; problem?: string }
      if (port === undefined) reject(new Error(problem))
      else resolve(port)
    })
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new Error('The keeper of Cassandra went away'))
    })
  })
}
