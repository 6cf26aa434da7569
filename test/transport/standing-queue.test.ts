import { setTimeout } from 'node:timers/promises'
import type { ServiceError } from '@grpc/grpc-js'
import t from 'tap'
import type { BufferClient } from './start-listener.ts'
import { bufferClient, bufferService, detailsText, startListener } from './start-listener.ts'

const empty = Buffer.alloc(0)

/** Calls over and over until told to stop, and keeps what it got. */
function hammer(client: BufferClient, calls: number) {
  const got = { answered: 0, refusals: [] as ServiceError[] }
  let isOver = false
  const run = async (): Promise<void> => {
    while (!isOver) {
      try {
        await client.call(empty)
        got.answered += 1
      } catch (error) {
        got.refusals.push(error as ServiceError)
      }
    }
  }
  const running = Promise.all(Array.from({ length: calls }, run))
  const stop = async (): Promise<typeof got> => {
    isOver = true
    await running
    return got
  }
  return { got, stop }
}

t.test('a queue that stands is refused, however fast its client asks again', async (t) => {
  const handlingMs = 300
  let underWay = 0
  let underWayMax = 0
  const handle = async (): Promise<Buffer> => {
    underWay += 1
    underWayMax = Math.max(underWayMax, underWay)
    await setTimeout(handlingMs)
    underWay -= 1
    return empty
  }
  const { port, close } = await startListener({
    waitMs: 200,
    // Only what takes messages in pieces brings spans.
    services: ({ logger }) => [{ ...bufferService(logger, handle), takesPieces: true }],
  })
  const many = bufferClient(`127.0.0.1:${port}`)
  const alone = bufferClient(`127.0.0.1:${port}`)
  const { got, stop } = hammer(many, 100)
  // The first have to take long before anything is known.
  while (got.refusals.length === 0) await setTimeout(10)
  await setTimeout(2 * handlingMs)
  const before = { answered: got.answered, refused: got.refusals.length }
  underWayMax = 0
  for (let at = 0; at < 3; at++) t.same(await alone.call(empty), empty, 'one at a time gets in')
  await setTimeout(1000)
  const { answered, refusals } = await stop()
  const now = { answered: answered - before.answered, refused: refusals.length - before.refused }
  t.ok(now.answered > 0)
  t.ok(now.refused > 3 * now.answered, 'whoever is not refused would wait')
  // Ten are left in any case, and another client has one.
  t.ok(underWayMax <= 25, `${underWayMax} were under way`)
  for (const { code, details, metadata } of refusals) {
    if (
      code === 14 &&
      /requests take \d+ ms/.test(details) &&
      /RetryInfo/.test(detailsText(metadata))
    )
      continue
    t.fail(`refused with ${code} ${details}`)
    break
  }
  many.close()
  alone.close()
  await close()
})
