import { once } from 'node:events'
import { connect } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { settings } from '../src/config/settings.ts'
import { startEmbeddedGateway } from '../src/embedded-gateway.ts'
import { InProcessReceiver } from '../src/receivers/in-process/in-process-receiver.ts'
import { MemorySamplingStore } from '../src/stores/memory/memory-sampling-store.ts'
import { MemoryStore } from '../src/stores/memory/memory-store.ts'
import { RateWindow } from '../src/telemetry/rate-window.ts'

/** Starts a gateway on free ports. */
function start(given: object, lines: string[] = []) {
  const ports = Object.keys(settings).filter((name) => name.endsWith('.port'))
  return startEmbeddedGateway({
    settings: {
      ...Object.fromEntries(ports.map((name) => [name, 0])),
      bind: '127.0.0.1',
      store: 'memory:',
      ...given,
    },
    logger: pino({ level: 'error' }, { write: (line) => lines.push(line) }),
  })
}

/** Counts the calls of a method, which works as before, or fails. */
function counted<Name extends string>(
  t: Test,
  prototype: Record<Name, () => unknown>,
  name: Name,
  failure?: Error,
): () => number {
  const method = prototype[name]
  let count = 0
  t.intercept(prototype, name, {
    value(this: unknown) {
      count += 1
      return failure === undefined ? method.call(this) : Promise.reject(failure)
    },
  })
  return () => count
}

async function isListening(address: string): Promise<boolean> {
  const [host, port] = address.replace(/^[^=]*=/, '').split(':')
  const socket = connect(Number(port), host)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

t.test(
  'stop() closes every part whatever another does, and throws what failed first',
  async (t) => {
    const lines: string[] = []
    const gateway = await start({ 'sampling.mode': 'adaptive' }, lines)
    const tcp = gateway.addresses.filter((address) => !address.startsWith('jaeger.udp'))
    t.ok(await isListening(tcp[0] ?? ''), 'before')
    const failure = new Error('a receiver fails')
    t.intercept(InProcessReceiver.prototype, 'stop', { value: () => Promise.reject(failure) })
    counted(t, MemorySamplingStore.prototype, 'close', new Error('sampling fails'))
    const closed = counted(t, MemoryStore.prototype, 'close')
    await t.rejects(gateway.stop(), failure)
    await t.rejects(gateway.stop(), failure, 'once more')
    t.equal(closed(), 1, 'the store, which comes last')
    for (const address of tcp) t.notOk(await isListening(address), address)
    const told = lines.map((line) => JSON.parse(line))
    t.same(
      told.map(({ part, err }) => [part, err.message]),
      [
        ['in-process', 'a receiver fails'],
        ['sampling', 'sampling fails'],
      ],
    )
  },
)

t.test(
  'startGateway() that fails says why, closes all that it made, and logs the rest',
  async (t) => {
    const lines: string[] = []
    const closed = counted(t, MemoryStore.prototype, 'close', new Error('the store fails'))
    const looks = counted(t, RateWindow.prototype, 'look')
    const ended = counted(t, RateWindow.prototype, 'close')
    const failing = start({ 'otlp.grpc.max-message-size': '1GiB' }, lines)
    await t.rejects(failing, { code: 'bad_settings', message: /otlp\.grpc\.max-message-size/ })
    t.equal(closed(), 1, 'the store')
    t.equal(ended(), looks(), 'what looks at rates, if it has begun')
    t.match(lines.join(''), /"the store fails"/)
  },
)
