import { once } from 'node:events'
import { request } from 'node:http'
import t from 'tap'
import { startHttpListener } from './start-http-listener.ts'

const mib = 1024 * 1024

/** Sends a body in chunks, whose length nobody tells before its end. @returns the status */
async function postInChunks(url: string, sizeBytes: number): Promise<number | undefined> {
  const post = request(url, { method: 'POST', agent: false })
  post.setHeader('content-type', 'text/plain')
  post.setHeader('transfer-encoding', 'chunked')
  post.on('error', () => {})
  const answered = once(post, 'response')
  const chunk = Buffer.alloc(64 * 1024)
  for (let sent = 0; sent < sizeBytes; sent += chunk.length) post.write(chunk)
  post.end()
  const [response] = await answered
  response.resume()
  await once(response, 'close')
  return response.statusCode
}

t.test('chunked bodies that come all at once become whole one after the other', async (t) => {
  const { url, budget, close } = await startHttpListener({
    boundBytes: 16 * mib,
    maxMessageBytes: 4 * mib,
    waitMs: 20_000,
  })
  const statuses = await Promise.all(Array.from({ length: 24 }, () => postInChunks(url, 2 * mib)))
  const taken = statuses.filter((status) => status === 200)
  t.comment(`${taken.length} of ${statuses.length} taken`)
  t.ok(taken.length >= 16, 'most are taken')
  for (const status of statuses) if (status !== 200) t.equal(status, 503)
  t.equal(budget.usedBytes, 0)
  await close()
})
