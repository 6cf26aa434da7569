import pino from 'pino'
import t from 'tap'
import { DecodeLanes, laneBytesMax } from '../../src/receivers/decode-lanes.ts'

t.test('decode() has a usual request not wait behind long ones', async (t) => {
  const lanes = new DecodeLanes({ logger: pino({ level: 'silent' }) })
  t.teardown(() => lanes.close())
  const { signal } = new AbortController()
  const job = { format: 'otlp_json', arrivalUnixMs: 1_795_000_000_123, signal } as const
  const group = '{"scopeSpans":[{"spans":[{"name":"without ids, so refused"}]}]}'
  const groups = Math.ceil((laneBytesMax + 1) / (group.length + 1))
  const long = `{"resourceSpans":[${Array(groups).fill(group).join()}]}`
  const ended: string[] = []
  const decode = async (name: string, text: string) => {
    const { rejected } = await lanes.decode({ ...job, pieces: [Buffer.from(text)] })
    ended.push(name)
    return rejected.length
  }
  // Both lanes are up: none is late because it has to start first.
  await Promise.all([decode('usual', '{}'), decode('long', long)])
  ended.length = 0
  const all = Promise.all([1, 2, 3].map(() => decode('long', long)))
  t.equal(await decode('usual', `{"resourceSpans":[${group}]}`), 1)
  t.ok(ended.filter((name) => name === 'long').length < 3)
  t.same(await all, [groups, groups, groups])
})
