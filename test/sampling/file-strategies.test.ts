import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import type { FileStrategiesOptions } from '../../src/sampling/file-strategies.ts'
import { FileStrategies } from '../../src/sampling/file-strategies.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'

/** A document that gives every service this share. */
const documentOf = (param: number) =>
  JSON.stringify({ default_strategy: { type: 'probabilistic', param } })

type Given = Pick<FileStrategiesOptions, 'location'> & Partial<FileStrategiesOptions>

async function open(t: Test, given: Given) {
  const metrics = createMetrics()
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write: (line, _, done) => {
      lines.push(JSON.parse(String(line)))
      done()
    },
  })
  const strategies = await FileStrategies.open({
    reloadMs: 10,
    defaultProbability: 0.001,
    timeoutMs: 1000,
    bytesMax: 1024 * 1024,
    metrics,
    logger: pino(sink),
    ...given,
  })
  t.teardown(async () => {
    await strategies.close()
    await metrics.close()
  })
  const share = () => {
    const { service } = strategies.current.byDefault
    return service.kind === 'probabilistic' ? service.probability : undefined
  }
  const warnings = () => lines.filter(({ level }) => level === 40).map(({ why }) => String(why))
  const loads = async (outcome: string) => {
    const line = new RegExp(`^spangate_sampling_loads_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm')
    return Number(line.exec(await metrics.render())?.[1] ?? 0)
  }
  return { strategies, share, warnings, loads }
}

t.test('FileStrategies reads a file again when it changes', async (t) => {
  const location = join(testDirectory(t), 'strategies.json')
  writeFileSync(location, documentOf(0.5))
  const { share, loads, warnings } = await open(t, { location })
  t.equal(share(), 0.5)
  writeFileSync(location, documentOf(0.25))
  await until(() => share() === 0.25)
  await until(async () => (await loads('unchanged')) > 2)
  t.equal(await loads('changed'), 2)
  t.strictSame(warnings(), [])
})

/** A document of over 1 MiB. */
function largeDocument(param: number): string {
  const operation = (index: number) => ({ operation: `${index} ä`, type: 'probabilistic', param })
  const operation_strategies = Array.from({ length: 50 }, (_, index) => operation(index))
  const service = (index: number) => ({
    service: `s${index}`,
    type: 'probabilistic',
    param: 1,
    operation_strategies,
  })
  return JSON.stringify({
    service_strategies: Array.from({ length: 450 }, (_, index) => service(index)),
  })
}

t.test(
  'FileStrategies reads a large document, of a file and of a URL, also when it changes',
  async (t) => {
    const file = join(testDirectory(t), 'strategies.json')
    let text = largeDocument(0.5)
    t.ok(text.length > 1024 * 1024)
    const host = await serve(t, (_, response) => response.end(text))
    writeFileSync(file, text)
    for (const location of [file, `http://${host}/`]) {
      const { strategies, warnings } = await open(t, {
        location,
        bytesMax: 4 * 1024 * 1024,
        timeoutMs: 10_000,
      })
      const last = () => strategies.current.byService.get('s449')?.operations?.listed.at(-1)
      t.match(last(), { operation: '49 ä', probability: 0.5 })
      text = largeDocument(0.25)
      writeFileSync(file, text)
      await until(() => last()?.probability === 0.25)
      text = text.slice(0, text.length / 2)
      writeFileSync(file, text)
      await until(() => warnings().length > 0)
      t.match(last(), { operation: '49 ä', probability: 0.25 })
      text = largeDocument(0.5)
      writeFileSync(file, text)
      await until(() => last()?.probability === 0.5)
    }
  },
)

t.test('FileStrategies follows a link that is replaced, as Kubernetes does', async (t) => {
  const folder = testDirectory(t)
  for (const [name, param] of [
    ['one', 0.1],
    ['two', 0.2],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'strategies.json'), documentOf(param))
  }
  symlinkSync('one', join(folder, 'data'))
  const { share } = await open(t, { location: join(folder, 'data', 'strategies.json') })
  t.equal(share(), 0.1)
  symlinkSync('two', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'data'))
  await until(() => share() === 0.2)
})

t.test('FileStrategies keeps the last good document, and tells of a bad one once', async (t) => {
  const location = join(testDirectory(t), 'strategies.json')
  writeFileSync(location, documentOf(0.5))
  const { share, warnings, loads } = await open(t, { location })
  const whole = documentOf(0.25)
  writeFileSync(location, whole.slice(0, whole.length / 2))
  await until(async () => (await loads('bad')) === 1 && (await loads('unchanged')) > 5)
  t.equal(share(), 0.5)
  t.match(warnings(), [/strategies\.json: line 1: the document cannot be read/])
  unlinkSync(location)
  await until(async () => (await loads('unreadable')) > 2)
  t.match(warnings(), [/line 1/, /ENOENT/])
  writeFileSync(location, whole)
  await until(() => share() === 0.25)
  t.equal(warnings().length, 2)
})

t.test('FileStrategies waits for a file that is being written', async (t) => {
  const location = join(testDirectory(t), 'strategies.yaml')
  const lines = Array.from({ length: 30 }, (_, index) => {
    return `  - {service: s${index}, type: probabilistic, param: 1}\n`
  })
  writeFileSync(location, `service_strategies:\n${lines.join('')}`)
  const { strategies, loads } = await open(t, { location })
  const sizes = new Set<number>()
  let written = 'service_strategies:\n'
  // Each half of it is good YAML as well.
  for (const line of [...lines, ...lines.map((text) => text.replace(': s', ': t'))]) {
    written += line
    writeFileSync(location, written)
    await new Promise((resolve) => setTimeout(resolve, 10))
    sizes.add(strategies.current.byService.size)
  }
  await until(() => strategies.current.byService.size > 30)
  t.strictSame([...sizes], [30], 'no half was taken')
  t.equal(await loads('changed'), 2)
})

const badFiles: readonly (readonly [what: string, text: string | undefined, says: RegExp])[] = [
  ['is missing', undefined, /^Cannot use sampling\.strategies: .*ENOENT/],
  ['is empty', '', /line 1: the document cannot be read: it is empty$/],
  ['has a bad share', documentOf(2), /line 1: default_strategy\.param is 2, must be 0 to 1$/],
  [
    'is too large',
    ' '.repeat(1024 * 1024 + 1),
    /it has 1048577 bytes, sampling\.max-size is 1048576/,
  ],
]

for (const [what, text, says] of badFiles) {
  t.test(`FileStrategies does not start when its file ${what}`, async (t) => {
    const location = join(testDirectory(t), 'strategies.json')
    if (text !== undefined) writeFileSync(location, text)
    await t.rejects(open(t, { location }), { code: 'bad_settings', message: says })
  })
}

t.test('FileStrategies without a document has the default', async (t) => {
  const { share } = await open(t, { location: undefined, defaultProbability: 0.125 })
  t.equal(share(), 0.125)
})

async function serve(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('FileStrategies of a URL: down at the start, up, bad, hanging, up again', async (t) => {
  let answer: (response: ServerResponse) => void = (response) => response.writeHead(503).end()
  const seen: (string | undefined)[] = []
  const host = await serve(t, ({ headers }, response) => {
    seen.push(headers.authorization)
    answer(response)
  })
  const location = `http://us%40r:secret@${host}/strategies`
  const { share, warnings, loads } = await open(t, { location, timeoutMs: 2000 })
  t.equal(share(), 0.001, 'the default, until it is there')
  t.match(warnings(), [/the answer is 503, must be 200$/])
  t.notMatch(warnings().join(), 'secret')
  t.equal(seen[0], `Basic ${Buffer.from('us@r:secret').toString('base64')}`)
  answer = (response) => response.end(documentOf(0.5))
  await until(() => share() === 0.5)
  answer = (response) => response.end('{"default_strategy": {"type"')
  await until(async () => (await loads('bad')) === 1)
  // Headers alone, and nothing after them.
  answer = (response) => response.writeHead(200).flushHeaders()
  await until(async () => (await loads('timeout')) > 0)
  answer = (response) => response.end('x'.repeat(2 * 1024 * 1024))
  await until(async () => (await loads('too_large')) > 0)
  t.equal(share(), 0.5, 'the last good one all the time')
  t.match(warnings().slice(1), [
    /line 1: the document cannot be read/,
    /no answer within 2000 ms \(sampling\.timeout\)/,
    /sampling\.max-size is 1048576/,
  ])
  const bad = await loads('bad')
  answer = (response) => response.end(documentOf(0.75))
  await until(() => share() === 0.75)
  t.equal(await loads('bad'), bad)
})

t.test('FileStrategies that is closed looks no more, also in the middle of a look', async (t) => {
  let asked = 0
  const host = await serve(t, (_, response) => {
    asked += 1
    if (asked === 1) response.end(documentOf(0.5))
  })
  const { strategies } = await open(t, { location: `http://${host}/`, timeoutMs: 60_000 })
  await until(() => asked === 2)
  await strategies.close()
  await strategies.close()
  t.equal(asked, 2)
})
