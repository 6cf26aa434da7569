import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { startStoreProcess } from './sqlite/run-store-process.ts'
import { openFor, spanIdsOf } from './sqlite/store-samples.ts'

// Each takes the time of two starts of a process.
t.setTimeout(170_000)

const kills = 20

t.test('write() has stored what it answered, through twenty kill -9', async (t) => {
  const path = testDirectory(t)
  const expected = new Map<number, number[]>()
  let acknowledged = 0
  for (let run = 1; run <= kills; run++) {
    const writer = startStoreProcess(t, { args: ['write', path, String(run)] })
    await writer.line('stored')
    // From right after the first answer on to some hundred commits later.
    await new Promise((resolve) => {
      setTimeout(resolve, (run * 37) % 300)
    })
    writer.kill('SIGKILL')
    await writer.ended()
    const traces = new Set<number>()
    for (const line of writer.lines) {
      const [word, trace = 0, firstId = 0, count = 0] = line.split(' ').map(numberOrText)
      if (word !== 'stored') continue
      const ids = expected.get(Number(trace)) ?? []
      expected.set(Number(trace), ids)
      traces.add(Number(trace))
      for (let at = 0; at < Number(count); at++) ids.push(Number(firstId) + at)
      acknowledged += Number(count)
    }
    const missing = await missingOf(t, path, expected, traces)
    t.same(missing, [], `kill ${run}: everything of ${writer.lines.length} answers is there`)
  }
  t.same(await missingOf(t, path, expected, expected.keys()), [], 'and it stays there')
  t.comment(`${acknowledged} spans acknowledged over ${kills} kills`)
  t.ok(acknowledged > kills * 7, 'spans were written')
})

function numberOrText(word: string): number | string {
  return /^\d+$/.test(word) ? Number(word) : word
}

async function missingOf(
  t: Parameters<typeof openFor>[0],
  path: string,
  expected: ReadonlyMap<number, readonly number[]>,
  traces: Iterable<number>,
): Promise<string[]> {
  const store = await openFor(t, { path })
  const missing: string[] = []
  for (const trace of traces) {
    const found = await spanIdsOf(store, trace)
    const ids = new Set(found)
    if (ids.size !== found.length) missing.push(`trace ${trace} has repeats`)
    for (const id of expected.get(trace) ?? []) {
      if (!ids.has(id)) missing.push(`span ${id} of trace ${trace}`)
    }
  }
  await store.close()
  return missing
}
