/** Spans that an index lists at one start. */
export interface StartGroup {
  /** Whole µs since the epoch. */
  readonly startMicros: number
  /** Trace ids, latin1 text of their 16 bytes. */
  readonly traceIds: ReadonlySet<string>
  /** False when the index keeps one trace of those that begin in the same microsecond. */
  readonly isWhole: boolean
}

/**
 * What an index finds, newest start first. Conditions hold on one span, so that two indexes which list
 * it do so at the same start: streams are joined by it, without a span being read.
 */
export interface StartStream {
  /** The newest group that starts at `maxMicros` or before; undefined when there is none. */
  at(maxMicros: number): Promise<StartGroup | undefined>
}

/** The groups that all of the streams have. @param streams at least one */
export class JoinedStreams implements StartStream {
  readonly #streams: readonly StartStream[]

  constructor(streams: readonly StartStream[]) {
    this.#streams = streams
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    let max = maxMicros
    for (;;) {
      const groups: StartGroup[] = []
      // One after the other: where the first has nothing the next need not look.
      for (const stream of this.#streams) {
        const group = await stream.at(groups.at(-1)?.startMicros ?? max)
        if (group === undefined) return undefined
        groups.push(group)
      }
      const oldest = groups.at(-1)?.startMicros ?? max
      if (groups.every(({ startMicros }) => startMicros === oldest)) {
        const joined = joinedGroup(groups, oldest)
        if (joined.traceIds.size > 0) return joined
        max = oldest - 1
      } else max = oldest
    }
  }
}

/** The groups that any of the streams has. */
export class UnitedStreams implements StartStream {
  readonly #streams: readonly StartStream[]

  constructor(streams: readonly StartStream[]) {
    this.#streams = streams
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    const found: (StartGroup | undefined)[] = []
    for (let at = 0; at < this.#streams.length; at += aheadMax) {
      const some = this.#streams.slice(at, at + aheadMax)
      found.push(...(await Promise.all(some.map((stream) => stream.at(maxMicros)))))
    }
    const groups = found.filter((group) => group !== undefined)
    const startMicros = groups.reduce((max, group) => Math.max(max, group.startMicros), -1)
    if (groups.length === 0) return undefined
    const newest = groups.filter((group) => group.startMicros === startMicros)
    const [only] = newest
    if (newest.length === 1) return only
    const traceIds = new Set(newest.flatMap((group) => [...group.traceIds]))
    return { startMicros, traceIds, isWhole: newest.every(({ isWhole }) => isWhole) }
  }
}

/** Remembers the last answer: it is asked for again and again while other streams go on. */
export class KeptStream implements StartStream {
  readonly #stream: StartStream
  #askedMicros = -1
  #answer: StartGroup | undefined

  constructor(stream: StartStream) {
    this.#stream = stream
  }

  async at(maxMicros: number): Promise<StartGroup | undefined> {
    const isKnown = maxMicros <= this.#askedMicros
    const isStill = this.#answer === undefined || this.#answer.startMicros <= maxMicros
    if (isKnown && isStill) return this.#answer
    this.#answer = await this.#stream.at(maxMicros)
    this.#askedMicros = maxMicros
    return this.#answer
  }
}

/** Streams that are asked at the same time. */
const aheadMax = 64

/** A stream that keeps one trace of several says only that there is one. */
function joinedGroup(groups: readonly StartGroup[], startMicros: number): StartGroup {
  const whole = groups.filter(({ isWhole }) => isWhole)
  const [first, ...others] = whole
  if (first === undefined) {
    const traceIds = new Set(groups.flatMap((group) => [...group.traceIds]))
    return { startMicros, traceIds, isWhole: false }
  }
  const traceIds = [...first.traceIds].filter((id) => others.every((one) => one.traceIds.has(id)))
  return { startMicros, traceIds: new Set(traceIds), isWhole: true }
}
