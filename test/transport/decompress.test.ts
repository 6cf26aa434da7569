import { randomBytes } from 'node:crypto'
import { createGzip, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { decompress } from '../../src/transport/decompress.ts'

const mib = 1024 * 1024
const metrics = createMetrics()
const givenUp = async () =>
  [...(await metrics.render()).matchAll(/given_up_total\{listener="test",reason="(\w+)"\} (\d+)/g)]
    .map(([, reason, count]) => `${reason} ${count}`)
    .sort()

/** Decompresses and says how much was reserved. */
async function run(
  bytes: Buffer,
  options: { encoding?: 'gzip' | 'deflate'; maxBytes?: number; refuseAfter?: number } = {},
) {
  let reservedBytes = 0
  const pieces = await decompress([bytes], {
    encoding: options.encoding ?? 'gzip',
    maxBytes: options.maxBytes ?? 64 * mib,
    maxSetting: 'test.max',
    metrics,
    listener: 'test',
    reserve: async (sizeBytes) => {
      reservedBytes += sizeBytes
      if (reservedBytes > (options.refuseAfter ?? Number.POSITIVE_INFINITY))
        throw new GatewayError('overloaded', 'no room')
    },
  })
  return { result: Buffer.concat(pieces), reservedBytes }
}

/** A gzip stream of many zeros, made without holding them. */
async function zeros(sizeBytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 })
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  const block = Buffer.alloc(mib)
  for (let at = 0; at < sizeBytes; at += block.length) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  await new Promise<void>((resolve) => gzip.end(() => resolve()))
  return Buffer.concat(parts)
}

t.test('decompress() gives the bytes back and reserves exactly them', async (t) => {
  for (const size of [0, 1, 4095, 4096, 300_000, 3 * mib]) {
    const plain = randomBytes(size)
    const gzip = await run(gzipSync(plain))
    t.ok(gzip.result.equals(plain), `gzip of ${size}`)
    t.equal(gzip.reservedBytes, size)
    const deflate = await run(deflateSync(plain), { encoding: 'deflate' })
    t.ok(deflate.result.equals(plain), `deflate of ${size}`)
  }
})

t.test('decompress() takes gzip of several members', async (t) => {
  const bytes = Buffer.concat([gzipSync('one '), gzipSync('two')])
  t.equal((await run(bytes)).result.toString(), 'one two')
})

t.test('decompress() stops at the limit, whatever the bytes would grow to', async (t) => {
  const bomb = await zeros(256 * mib)
  t.ok(bomb.length < 300 * 1024)
  await t.rejects(run(bomb, { maxBytes: 2 * mib }), {
    code: 'too_large',
    message: 'Cannot receive message: it decompresses to more, test.max is 2097152',
  })
})

t.test('decompress() stops when there is no room', async (t) => {
  await t.rejects(run(gzipSync(Buffer.alloc(mib)), { refuseAfter: 300_000 }), {
    message: 'no room',
  })
})

t.test('decompress() names bytes that are broken or cut', async (t) => {
  const whole = gzipSync(randomBytes(1000))
  for (const bytes of [Buffer.from('junk'), whole.subarray(0, 500), whole.subarray(0, 5)]) {
    await t.rejects(run(bytes), { code: 'invalid_argument' })
  }
})

t.test('decompress() refuses what stands behind a deflate stream', async (t) => {
  const stream = deflateSync(randomBytes(5000))
  for (const rest of [Buffer.from('[garbage'), deflateSync('second')]) {
    await t.rejects(run(Buffer.concat([stream, rest]), { encoding: 'deflate' }), {
      code: 'invalid_argument',
      message: `Cannot decompress message: ${rest.length} bytes are behind the deflate stream`,
    })
  }
})

t.test('decompress() has counted each message that it refused', async (t) => {
  t.same(await givenUp(), ['encoding 5', 'overloaded 1', 'too_large 1'])
})
