import t from 'tap'
import { startQuery, unary } from './query-port.ts'
import { scriptedStore } from './scripted-store.ts'

t.test('GetDependencies of both APIs has no links to list', async (t) => {
  const { v2, v3 } = await startQuery(t, scriptedStore({}))
  const times = {
    startTime: { seconds: '1000', nanos: 0 },
    endTime: { seconds: '2000', nanos: 0 },
  }
  for (const { code, message } of [
    await unary((done) => v2.getDependencies(times, done)),
    await unary((done) => v3.getDependencies(times, done)),
  ]) {
    t.equal(code, 'OK')
    t.strictSame(message, { dependencies: [] })
  }
})
