import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'

/** How the logger of a process is made. */
export interface LoggerOptions {
  /** Least severe lines that are written. */
  readonly level: string
  /** Where lines go. */
  readonly destination: DestinationStream
  /** A monotonic clock, ms; the process's. */
  readonly now?: () => number
}

/** What is kept of a log that cannot be written, until it can; later lines are lost. */
const waitingBytesMax = 1024 * 1024
/** Warnings and errors with one text that are written in each `windowMs`. */
const linesMax = 10
const windowMs = 10_000
/** Pino's number of `warn`. */
const warning = 40
/** Texts are constants; this only bounds a mistake. */
const textsMax = 1000

/**
 * The root of all loggers of a process. Of warnings and errors with the same text it writes ten in 10 s: a
 * store that is away fails thousands of requests a second, and a log of all of them fills disks and
 * takes the time of requests. The next line that is written after that has the number of those that were not,
 * `suppressed`; metrics count all.
 */
export function createLogger({ level, destination, now }: LoggerOptions): Logger {
  const limit = new LineLimit(now ?? (() => performance.now()))
  const hooks = {
    logMethod(
      this: Logger,
      args: Parameters<pino.LogFn>,
      method: pino.LogFn,
      severity: number,
    ): void {
      const suppressed = severity < warning ? 0 : limit.take(textOf(args))
      if (suppressed === undefined) return
      method.apply(this, suppressed === 0 ? args : withField(args, { suppressed }))
    },
  }
  return pino({ level, hooks }, destination)
}

/**
 * Writes to a file descriptor at once. One that cannot be written, as its disk is full or its terminal has
 * gone, costs lines and nothing else: whoever logs that spans were not stored has to tell their client yet.
 */
export function logDestination(fd: number): DestinationStream {
  const destination = pino.destination({ fd, sync: true, maxLength: waitingBytesMax })
  // Without a listener the error is thrown at whoever logs the line.
  destination.on('error', () => {})
  return destination
}

interface Lines {
  startMs: number
  written: number
  suppressed: number
}

/** Counts lines by their text. */
class LineLimit {
  readonly #now: () => number
  readonly #lines = new Map<string, Lines>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns how many lines like it were suppressed since the last one; undefined when this one is, too */
  take(text: string): number | undefined {
    const nowMs = this.#now()
    if (this.#lines.size >= textsMax) this.#lines.clear()
    const lines = this.#lines.get(text) ?? { startMs: nowMs, written: 0, suppressed: 0 }
    this.#lines.set(text, lines)
    if (nowMs - lines.startMs >= windowMs) {
      lines.startMs = nowMs
      lines.written = 0
    }
    if (lines.written >= linesMax) {
      lines.suppressed += 1
      return undefined
    }
    lines.written += 1
    const { suppressed } = lines
    lines.suppressed = 0
    return suppressed
  }
}

function textOf([first, second]: Parameters<pino.LogFn>): string {
  return typeof first === 'string' ? first : (second ?? '')
}

function withField(args: Parameters<pino.LogFn>, field: object): Parameters<pino.LogFn> {
  const [first, ...others] = args as [unknown, ...unknown[]]
  if (first instanceof Error) return [{ err: first, ...field }, ...others] as Parameters<pino.LogFn>
  const isFields = typeof first === 'object'
  const all = isFields ? [{ ...first, ...field }, ...others] : [field, first, ...others]
  return all as Parameters<pino.LogFn>
}
