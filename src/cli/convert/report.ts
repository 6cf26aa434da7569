import type { Losses } from '../../../bridge/model/losses.ts'
import { LossCounter } from '../../../bridge/model/losses.ts'
import type { Rejected } from '../../../bridge/model/span.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { WireError } from '../../../bridge/wire/wire-error.ts'
import type { DecodedPart } from '../formats/format.ts'
import type { Part } from './splitter.ts'

/** Refused spans that are told one by one; the rest is counted. */
const toldMax = 20

/** Says what is wrong with a file and counts what was lost on the way. */
export class ConvertReport {
  /** Parts of the file that could not be read. */
  failures = 0
  readonly #name: string
  readonly #line: (text: string) => void
  readonly #rejected = new LossCounter<string>()
  readonly #repaired = new LossCounter<string>()
  readonly #unread = new LossCounter<string>()
  #rejections = 0

  /** @param name of the file, for people */
  constructor(name: string, line: (text: string) => void) {
    this.#name = name
    this.#line = line
  }

  /** Whether spans were refused. */
  get rejections(): number {
    return this.#rejections
  }

  /** What was decoded of a part. */
  add(part: Part, decoded: DecodedPart): void {
    const { batch, rejected, repairs, skippedFields = 0, lost } = decoded
    // As it is when `--from` names a format that reads over all that it does not know.
    const isEmpty = spanCount(batch) + rejected.length === 0
    if (isEmpty && part.element === undefined) this.#unread.add('document_without_spans')
    for (const one of rejected) this.#reject(part, one)
    this.#repaired.addAll(repairs)
    this.#unread.add('unknown_fields', skippedFields)
    if (lost !== undefined) this.#unread.addAll(lost)
  }

  /** Fields that were passed over between the parts. */
  skip(fields: number): void {
    this.#unread.add('unknown_fields', fields)
  }

  /** A part that cannot be read; offsets of the error count from `offset` of the file. */
  fail(error: WireError, offset: number, element?: number): void {
    this.failures += 1
    const text = error.message.replace(/ at byte \d+$/, '')
    const where = element === undefined ? '' : `, element ${element}`
    this.#line(`${this.#name}, byte ${offset + error.offset}${where}: ${text}`)
  }

  /** That the file could not be read to its end. */
  breakOff(error: unknown): void {
    this.failures += 1
    const why = error instanceof Error ? error.message : String(error)
    this.#line(`${why}; what was read before is written, without an end`)
  }

  /** Whether all that was read are fields that the format does not know, as with a wrong `--from`. */
  get isAllUnknown(): boolean {
    const { counts } = this.#unread
    return (
      this.#rejections === 0 && counts.has('document_without_spans') && counts.has('unknown_fields')
    )
  }

  /** That a file without spans has something else. */
  misread(format: string): void {
    this.failures += 1
    const state = `no span, but fields that ${format} does not know; --from may be wrong`
    this.#line(`${this.#name}: Cannot read spans: it has ${state}`)
  }

  /** That nothing behind a failure can be read. */
  giveUp(): void {
    this.#line(
      `${this.#name}: where the next document begins is not known, so the rest is not read`,
    )
  }

  /** One line about all. */
  summary(done: {
    readonly documents: number
    readonly spans: number
    readonly splitTraces: number
    /** Undefined for a format that is for people and never all. */
    readonly unwritten: Losses | undefined
  }): string {
    const parts = [counted(done.documents, 'document'), counted(done.spans, 'span')]
    if (this.failures > 0) parts.push(`${this.failures} not read`)
    if (this.#rejections > 0) parts.push(`refused ${listed(this.#rejected.counts)}`)
    if (this.#repaired.counts.size > 0) parts.push(`repaired ${listed(this.#repaired.counts)}`)
    const lost = new LossCounter<string>()
    lost.addAll(this.#unread.counts)
    lost.addAll(done.unwritten ?? new Map())
    if (lost.counts.size > 0) parts.push(`lost ${listed(lost.counts)}`)
    else if (done.unwritten !== undefined) parts.push('nothing lost')
    if (done.splitTraces > 0) parts.push(`${counted(done.splitTraces, 'trace')} in several parts`)
    return parts.join('; ')
  }

  #reject({ offset, element }: Part, { reason, message }: Rejected): void {
    this.#rejections += 1
    this.#rejected.add(reason)
    if (this.#rejections > toldMax) return
    const where = element === undefined ? '' : `, element ${element}`
    this.#line(`${this.#name}, byte ${offset}${where}: ${message}`)
    if (this.#rejections === toldMax)
      this.#line(`${this.#name}: more refused spans are only counted`)
  }
}

function listed(counts: Losses): string {
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
