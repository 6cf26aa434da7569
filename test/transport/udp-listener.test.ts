import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { pino } from 'pino'
import t from 'tap'
import { kernelDrops } from '../../src/transport/kernel-drops.ts'
import { growReceiveBuffer } from '../../src/transport/receive-buffer.ts'
import { createUdpListener } from '../../src/transport/udp-listener.ts'

const logger = pino({ level: 'silent' })

t.test('createUdpListener() hands datagrams over, each with its sender', async (t) => {
  const sender = createSocket('udp4')
  t.teardown(() => sender.close())
  const got = new Promise<{ bytes: Buffer; port: number }>((resolve) => {
    const listener = createUdpListener({
      name: 'test',
      addresses: ['localhost'],
      port: 0,
      onDatagram: (bytes, { port }) => resolve({ bytes, port }),
      logger,
    })
    t.teardown(() => listener.stop())
    void listener.start().then(({ port }) => sender.send('hello', port, '127.0.0.1'))
  })
  const { bytes, port } = await got
  t.equal(bytes.toString(), 'hello')
  t.equal(port, sender.address().port)
})

t.test('createUdpListener() fails when a port is taken, and closes what was open', async (t) => {
  const taken = createSocket('udp4').bind(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address()
  const listener = createUdpListener({
    name: 'test',
    addresses: ['127.0.0.2', '127.0.0.1'],
    port,
    onDatagram: () => {},
    logger,
  })
  await t.rejects(listener.start(), { code: 'EADDRINUSE', address: '127.0.0.1', port })
  await listener.stop()
  await listener.stop()
})

t.test('growReceiveBuffer() asks for less until it is granted', async (t) => {
  const asked: number[] = []
  const granted = growReceiveBuffer({
    setRecvBufferSize(bytes) {
      asked.push(bytes)
      if (bytes > 10_000_000) throw new Error('ENOBUFS')
    },
    getRecvBufferSize: () => asked.at(-1) ?? 0,
  })
  t.same(
    asked,
    [64, 32, 16, 8].map((mebi) => mebi * 1024 * 1024),
  )
  t.equal(granted, 8 * 1024 * 1024)
})

const head =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops'
const row = (address: string, drops: number) =>
  `  101: ${address} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 ${drops}`

t.test('kernelDrops() adds up the sockets of a port', async (t) => {
  const tables: Readonly<Record<string, string>> = {
    '/proc/net/udp': [head, row('0100007F:1AAF', 7), row('0100007F:1AB0', 100), ''].join('\n'),
    '/proc/net/udp6': [head, row(`${'0'.repeat(24)}01000000:1AAF`, 5), ''].join('\n'),
  }
  t.equal(
    kernelDrops(6831, (file) => tables[file]),
    12,
  )
  t.equal(
    kernelDrops(6833, (file) => tables[file]),
    0,
  )
  t.equal(
    kernelDrops(6831, () => undefined),
    undefined,
  )
})
