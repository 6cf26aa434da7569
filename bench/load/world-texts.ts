import { createBenchRandom } from './random.ts'

const tables = 'orders items users prices stock invoices parcels sessions reviews tokens'.split(' ')
const columns = 'id user_id status created_at total_cents country sku quantity note kind'.split(' ')
const systems = [
  'X11; Linux x86_64',
  'Windows NT 10.0; Win64; x64',
  'Macintosh; Intel Mac OS X 13_4',
]
const kept = new Map<string, readonly string[]>()

/** A few hundred SQL statements of `averageBytes`, give or take a third. */
export function statementTexts(averageBytes: number): readonly string[] {
  return texts('statements', { averageBytes, count: 300, make: statement })
}

/** What 40 clients call themselves, `averageBytes` long, give or take a third. */
export function clientTexts(averageBytes: number): readonly string[] {
  return texts('clients', { averageBytes, count: 40, make: client })
}

interface TextsInput {
  readonly averageBytes: number
  readonly count: number
  readonly make: (below: (bound: number) => number, bytes: number) => string
}

function texts(name: string, { averageBytes, count, make }: TextsInput): readonly string[] {
  const key = `${name} ${averageBytes}`
  const before = kept.get(key)
  if (before !== undefined) return before
  const random = createBenchRandom(averageBytes + count)
  const made = Array.from({ length: count }, (_, index) => {
    // Lengths go up evenly, so that their average is exact.
    const bytes = Math.round(averageBytes * (2 / 3 + (2 / 3) * ((index + 0.5) / count)))
    return make(random.below, bytes).slice(0, bytes)
  })
  kept.set(key, made)
  return made
}

function statement(below: (bound: number) => number, bytes: number): string {
  const column = (): string => columns[below(columns.length)] ?? ''
  let text = `SELECT ${column()}, ${column()} FROM ${tables[below(tables.length)]} WHERE id = ?`
  while (text.length < bytes) text += ` AND ${column()} ${['=', '<', '>='][below(3)]} ?`
  return text
}

function client(below: (bound: number) => number, bytes: number): string {
  const version = `${100 + below(30)}.0.${below(9999)}.${below(200)}`
  let text = `Mozilla/5.0 (${systems[below(systems.length)]}) Chrome/${version}`
  while (text.length < bytes) text += ` AppleWebKit/${500 + below(40)}.${below(99)} (KHTML)`
  return text
}
