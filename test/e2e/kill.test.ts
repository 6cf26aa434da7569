import t from 'tap'
import { outliveKills } from './outlive-kills.ts'

// Twenty starts of the program, and reading everything back.
t.setTimeout(300_000)

t.test('every span that OTLP clients were told is stored outlives twenty kill -9', async (t) => {
  await outliveKills(t, { kills: 20, address: ({ otlpGrpc }) => otlpGrpc })
})
