import { closeSync, existsSync, openSync } from 'node:fs'
import t from 'tap'
import { createLogger, logDestination } from '../../src/telemetry/logger.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly suppressed?: number
  readonly reason?: string
  readonly part?: string
}

function start(level: 'info' | 'warn' = 'info') {
  const lines: Line[] = []
  let nowMs = 0
  const logger = createLogger({
    level,
    destination: { write: (line) => lines.push(JSON.parse(line)) },
    now: () => nowMs,
  })
  const move = (ms: number): void => {
    nowMs += ms
  }
  return { logger, lines, move }
}

t.test('createLogger() writes ten warnings of one text in 10 s, and how many it left out', (t) => {
  const { logger, lines, move } = start()
  const child = logger.child({ part: 'transport' })
  for (let at = 0; at < 1000; at++) child.warn({ reason: `number ${at}` }, 'spans dropped')
  t.equal(lines.length, 10)
  t.match(lines[9], { level: 40, msg: 'spans dropped', reason: 'number 9', part: 'transport' })
  t.notOk(lines.some(({ suppressed }) => suppressed !== undefined))
  logger.error('commit failed')
  t.match(lines[10], { level: 50, msg: 'commit failed' }, 'another text has ten lines of its own')
  move(9_999)
  child.warn({ reason: 'soon' }, 'spans dropped')
  t.equal(lines.length, 11)
  move(1)
  child.warn({ reason: 'later' }, 'spans dropped')
  child.warn({ reason: 'again' }, 'spans dropped')
  t.match(lines[11], { msg: 'spans dropped', reason: 'later', suppressed: 991 })
  t.equal(lines[12]?.suppressed, undefined)
  t.end()
})

t.test('createLogger() tells of lines without fields too, and keeps what an error says', (t) => {
  const { logger, lines, move } = start()
  for (let at = 0; at < 12; at++) logger.warn('read over')
  for (let at = 0; at < 12; at++) logger.error(new Error('gone'), 'call failed')
  move(10_000)
  logger.warn('read over')
  logger.error({ err: new Error('gone') }, 'call failed')
  t.match(lines.at(-2), { msg: 'read over', suppressed: 2 })
  t.match(lines.at(-1), { msg: 'call failed', suppressed: 2, err: { message: 'gone' } })
  t.end()
})

t.test('createLogger() writes all that is no warning, and nothing below its level', (t) => {
  const { logger, lines } = start()
  for (let at = 0; at < 50; at++) logger.info('listener started')
  logger.debug('a detail')
  t.equal(lines.length, 50)
  t.end()
})

/** Every write to it fails as on a full disk. */
const full = '/dev/full'
const noFull = existsSync(full) ? false : `this system has no ${full}`

t.test('logDestination() loses lines that cannot be written', { skip: noFull }, (t) => {
  const fd = openSync(full, 'w')
  t.teardown(() => closeSync(fd))
  const logger = createLogger({ level: 'info', destination: logDestination(fd) })
  for (let line = 0; line < 100; line++) t.doesNotThrow(() => logger.info('ready'))
  t.end()
})
