import type { Random } from '../../fuzz/random.ts'

/** A random query text of the language, often with a mistake in it; spans of test worlds meet some. */
export function randomText(random: Random): string {
  const text = pipeline(random, 3)
  return random.oneIn(4) ? spoiled(random, text) : text
}

/** A random text that is right and asks for nothing that is not supported. */
export function randomSpansets(random: Random, depth = 3): string {
  if (depth <= 1 || random.oneIn(3)) return `{ ${condition(random, 2)} }`
  const inner = (): string => randomSpansets(random, depth - 1)
  if (random.oneIn(4)) return `(${inner()} | count() ${random.pick(orders)} ${random.below(4)})`
  if (random.oneIn(6)) return `(${inner()} | ${inner()})`
  return `(${inner()} ${random.pick(relations)} ${inner()})`
}

const orders = ['=', '!=', '>', '>=', '<', '<='] as const
const relations = [
  ...(['&&', '&&', '||', '>', '>>', '<', '<<', '~'] as const),
  ...(['!>', '!>>', '!<', '!<<', '!~', '&>', '&>>', '&<', '&<<', '&~'] as const),
] as unknown as readonly [string, ...string[]]
const keys = [
  '.a',
  'span.a',
  'resource.b',
  '.size',
  'event.a',
  'link.tags',
  'instrumentation.a',
] as const
const texts = ['"x"', '"y"', '`500`', '"Ünïcode"', '""'] as const
const numbers = ['500', '200', '-7', '0.1', '72.5', '1 + 1', '2 * 100'] as const
const durations = ['1us', '2ms', '1.5ms', '0s', '1h30m'] as const

/** A condition that is right. */
function condition(random: Random, depth: number): string {
  if (depth > 0 && random.oneIn(2)) {
    const [left, right] = [condition(random, depth - 1), condition(random, depth - 1)]
    if (random.oneIn(4)) return `!(${left})`
    return `(${left} ${random.pick(['&&', '||'])} ${right})`
  }
  const order = random.pick(orders)
  const alike = random.pick(['=', '!='])
  const key = random.pick(keys)
  return random.pick<() => string>([
    () => `${key} ${order} ${random.pick(texts)}`,
    () => `${key} ${order} ${random.pick(numbers)}`,
    () => `${key} ${alike} ${random.pick(['true', 'nil', 'false'])}`,
    () => `${key} ${random.pick(['=~', '!~'])} ${random.pick(['"x|y"', '"5.*"', '".*"'])}`,
    () => key,
    () => `resource.service.name ${alike} ${random.pick(['"cart"', '"front"', '"müll"'])}`,
    () => `name ${random.pick(['=~', '!~'])} ${random.pick(['"GET.*"', '"put|send"'])}`,
    () => `name ${order} ${random.pick(['"charge"', '"put"'])}`,
    () => `kind ${alike} ${random.pick(['server', 'client', 'internal'])}`,
    () => `status ${alike} ${random.pick(['ok', 'error', 'unset'])}`,
    () => `statusMessage ${alike} ${random.pick(['"x"', '""'])}`,
    () => `duration ${order} ${random.pick(durations)}`,
    () => `event:name ${alike} ${random.pick(['"exception"', '"retry"'])}`,
    () => `event:timeSinceStart ${order} ${random.pick(durations)}`,
    () => `link:traceID = "${random.pick(['2', '00000000000000000000000000000001'])}"`,
    () => `instrumentation:name ${alike} "library"`,
    () => `trace:rootName ${alike} ${random.pick(['"put"', '"charge"', '"send"'])}`,
    () => `rootServiceName =~ "c.*|f.*"`,
    () => `traceDuration ${order} ${random.pick(['1s', '30m', '1h'])}`,
    () => `span:childCount ${order} ${random.below(3)}`,
    () => `span:parentID ${alike} "7"`,
  ])()
}

function pipeline(random: Random, depth: number): string {
  const stages = Array.from({ length: 1 + random.below(3) }, () => stage(random, depth))
  return stages.join(' | ')
}

function stage(random: Random, depth: number): string {
  const some = random.below(12)
  if (some === 0) return `select(${random.pick(keys)}, ${random.pick(['name', 'span:kind', '1'])})`
  if (some === 1)
    return `count() ${random.pick(orders)} ${random.pick(['1', '2.5', '-1', '1s', '"a"'])}`
  if (some === 2) return random.pick(['by(.a)', 'avg(duration) > 1s', 'rate()', 'coalesce()'])
  return spansets(random, depth)
}

function spansets(random: Random, depth: number): string {
  const left = random.oneIn(4) && depth > 0 ? `(${pipeline(random, depth - 1)})` : braces(random)
  return random.oneIn(3) ? left : `${left} ${random.pick(relations)} ${braces(random)}`
}

function braces(random: Random): string {
  return random.oneIn(8) ? '{}' : `{ ${field(random, 3)} }`
}

/** An expression whose sides may not fit. */
function field(random: Random, depth: number): string {
  if (depth === 0 || random.oneIn(3)) return random.oneIn(4) ? operand(random) : comparison(random)
  const inner = (): string => field(random, depth - 1)
  return random.pick<() => string>([
    () => `(${inner()})`,
    () => `!${operand(random)}`,
    () => `${inner()} ${random.pick(['&&', '||', '=', '+'])} ${inner()}`,
    () => `${inner()} ${random.pick(['&&', '||'])} ${inner()}`,
  ])()
}

function comparison(random: Random): string {
  const operators = [...orders, '=~', '!~', '+', '*', '^'] as const
  return `${operand(random)} ${random.pick(operators)} ${operand(random)}`
}

function operand(random: Random): string {
  return random.pick<() => string>([
    () => random.pick(keys),
    () => random.pick(texts),
    () => random.pick(numbers),
    () => random.pick(durations),
    () => random.pick(['true', 'false', 'nil', 'ok', 'error', 'server', 'maxInt']),
    () => random.pick(['name', 'kind', 'status', 'duration', 'rootName', 'span:id', 'trace:id']),
    () => random.pick(['event:name', 'link:spanID', 'trace:duration', 'span:childCount']),
    () => random.pick(['parent.a', 'nestedSetLeft', '."a b"', 'span.a"b c"', '-duration']),
  ])()
}

function spoiled(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  const rest = text.slice(at + random.below(3))
  const put = random.pick([
    '',
    '{',
    '}',
    '(',
    ')',
    '|',
    '&',
    '!',
    '"',
    '.',
    'x',
    '=',
    '~',
    '/',
    ' ',
  ])
  return text.slice(0, at) + put + rest
}
