import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { check, explain } from '../../../src/cli/sampling/sampling.ts'
import { testDirectory } from '../../test-directory.ts'

/** What the commands print of a document. */
function printing(t: Test, document: string, location = join(testDirectory(t), 'strategies')) {
  if (!/:\/\//.test(location)) writeFileSync(location, document)
  const printed: string[] = []
  const command = {
    location,
    defaultProbability: 0.001,
    timeoutMs: 1000,
    bytesMax: 1024 * 1024,
    signal: new AbortController().signal,
    stdout: (line: string) => printed.push(line),
    stderr: (line: string) => printed.push(line),
  }
  const lines = () => printed.map((line) => line.replaceAll(location, 'FILE'))
  return { command, lines }
}

const coloured = '\x1b[31mred\x9b0m\x7f'
const shown = '\\u001b[31mred\\u009b0m\\u007f'

t.test('check() and explain() print nothing that moves a cursor', async (t) => {
  const document = JSON.stringify({
    service_strategies: [
      { service: coloured, type: coloured, [coloured]: 1, ['x'.repeat(1000)]: 1 },
    ],
  })
  const { command, lines } = printing(t, document)
  t.equal(await check(command), true)
  await explain(command, coloured, `\n${coloured}`)
  const known = 'must be one of service, type, param, operation_strategies; it is passed over'
  t.strictSame(lines(), [
    `FILE: warning: line 1: service_strategies[0]."${shown}" is not known, ${known}`,
    `FILE: warning: line 1: service_strategies[0]."${'x'.repeat(100)}…" is not known, ${known}`,
    `FILE: warning: line 1: service_strategies[0].type is "${shown}", must be probabilistic or ratelimiting; the share is 0.001`,
    'FILE: ok, 1 service, 0 operations, by default probabilistic 0.001',
    `${shown} \\n${shown}: probabilistic 0.001`,
    '  by service_strategies[0], FILE line 1: no operations are named',
  ])
})

t.test('check() of YAML that ends to be any prints nothing that moves a cursor', async (t) => {
  const { command, lines } = printing(t, `a: *${coloured}\n`)
  t.equal(await check(command), false)
  t.notMatch(lines().join(''), /\p{Cc}/u)
  await t.rejects(explain(command, 'a', 'b'), { code: 'bad_settings', message: /^[^\p{Cc}]*$/u })
})

for (const location of ['http://', 'https://:80', 'http://[', 'ftp://x/y', 'file:///x']) {
  t.test(`check() of ${location} says that it is neither a file nor a URL`, async (t) => {
    await t.rejects(check(printing(t, '', location).command), {
      code: 'not_found',
      message: `Cannot read ${location}: it must be a file or an http(s) URL`,
    })
  })
}

t.test('check() keeps the password of a URL to itself', async (t) => {
  for (const user of ['me:secret', 'me:secret%zz', 'me:%ff']) {
    const { command } = printing(t, '', `http://${user}@127.0.0.1:2/strategies`)
    await t.rejects(check(command), {
      message: /^Cannot read http:\/\/127\.0\.0\.1:2\/strategies: /,
    })
  }
})

t.test('check() passes over a byte order mark, behind which there may be nothing', async (t) => {
  const whole = printing(t, '\ufeff{"default_strategy": {"type": "probabilistic", "param": 0.5}}')
  t.equal(await check(whole.command), true)
  t.strictSame(whole.lines(), ['FILE: ok, 0 services, 0 operations, by default probabilistic 0.5'])
  const empty = printing(t, '\ufeff\r\n')
  t.equal(await check(empty.command), false)
  t.strictSame(empty.lines(), ['FILE: error: line 1: the document cannot be read: it is empty'])
})
