import type { Logger } from 'pino'
import { GatewayError } from '../errors/gateway-error.ts'
import type { SamplingFailure, SamplingStatus } from '../ports/sampling-view.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { DocumentBytes } from './document-bytes.ts'
import { describeProblem } from './problem-list.ts'
import type { ReadStrategies } from './read-strategies.ts'
import { describeErrors, readStrategies } from './read-strategies.ts'
import type { Strategies, StrategySource } from './strategies.ts'
import type { LocationLimits, StrategiesLocation } from './strategies-location.ts'
import { LocationError, strategiesLocation } from './strategies-location.ts'
import { readStrategiesApart } from './yaml-thread.ts'

/** What strategies from a file are made of. */
export interface FileStrategiesOptions extends LocationLimits {
  /** A path or an http(s) URL; undefined for the default alone. */
  readonly location: string | undefined
  /** How often it is looked at; 0 for once. */
  readonly reloadMs: number
  /** Where the document says nothing, 0 to 1. */
  readonly defaultProbability: number
  readonly metrics: Pick<Metrics, 'add' | 'adder' | 'observe'>
  readonly logger: Logger
}

/** How looks at the document went. */
export type DocumentState = Pick<
  SamplingStatus,
  'location' | 'changedUnixMs' | 'succeededUnixMs' | 'failure'
>

/** What became of a look at the document; a label of the metric. */
type LoadOutcome = 'changed' | 'unchanged' | 'bad' | LocationError['reason']

/**
 * Strategies of a document, read again when it changes. A document that cannot be fetched or is bad changes
 * nothing: the last good one stays in use, and the log says once what is wrong with each bad one.
 */
export class FileStrategies implements StrategySource {
  #current: Strategies
  readonly #options: FileStrategiesOptions
  readonly #ending = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #loading: Promise<void> | undefined
  /** What is wrong with the document as it was read last. */
  #bad: string | undefined
  /** What the log told last, so that it tells it once. */
  #told: string | undefined
  /** Without a password. */
  #location: string | undefined
  #changedUnixMs: number | undefined
  #succeededUnixMs: number | undefined
  #failure: SamplingFailure | undefined

  /**
   * Reads the document for the first time and begins to look at it. A file that is missing or bad is an
   * error; a URL may be away or bad, and the default holds until it is not.
   *
   * @throws GatewayError bad_settings
   */
  static async open(options: FileStrategiesOptions): Promise<FileStrategies> {
    const strategies = new FileStrategies(options)
    try {
      await strategies.#start()
      return strategies
    } catch (error) {
      await strategies.close()
      throw error
    }
  }

  private constructor(options: FileStrategiesOptions) {
    this.#options = options
    // `null` says nothing, so every service gets the default.
    this.#current = readStrategies('null', options.defaultProbability).strategies as Strategies
    options.metrics.observe('spangate_sampling_services', () => [
      { value: this.#current.byService.size, labels: {} },
    ])
  }

  get current(): Strategies {
    return this.#current
  }

  /** Where it is, when it was read, and what was wrong with it last. */
  get document(): DocumentState {
    return {
      location: this.#location,
      changedUnixMs: this.#changedUnixMs,
      succeededUnixMs: this.#succeededUnixMs,
      failure: this.#failure,
    }
  }

  /** Looks no more; safe to call twice. What is in use stays. */
  async close(): Promise<void> {
    this.#ending.abort()
    clearTimeout(this.#timer)
    await this.#loading
  }

  async #start(): Promise<void> {
    const { location: text, reloadMs, logger } = this.#options
    if (text === undefined) return
    const location = locationOf(text, this.#options)
    this.#location = location.name
    const problem = await this.#look(location)
    if (problem !== undefined && location.kind === 'file') {
      throw new GatewayError('bad_settings', `Cannot use sampling.strategies: ${problem}`)
    }
    if (problem !== undefined)
      this.#tell(problem, 'sampling strategies cannot be used, the default holds')
    if (reloadMs > 0) this.#again(location)
    else if (problem !== undefined)
      logger.warn('sampling.reload-interval is 0, it is not tried again')
  }

  #again(location: StrategiesLocation): void {
    this.#timer = setTimeout(() => {
      this.#loading = this.#reload(location).finally(() => {
        if (!this.#ending.signal.aborted) this.#again(location)
      })
    }, this.#options.reloadMs).unref()
  }

  async #reload(location: StrategiesLocation): Promise<void> {
    const problem = await this.#look(location)
    if (problem === undefined || this.#ending.signal.aborted) this.#told = undefined
    else this.#tell(problem, 'sampling strategies cannot be used, the last good ones stay')
  }

  #tell(problem: string, what: string): void {
    if (this.#told !== problem) this.#options.logger.warn({ why: problem }, what)
    this.#told = problem
  }

  async #strategiesOf(document: DocumentBytes): Promise<ReadStrategies> {
    try {
      const { defaultProbability } = this.#options
      return await readStrategiesApart(document.bytes, defaultProbability, this.#ending.signal)
    } finally {
      document.free()
    }
  }

  /** @returns what is wrong with the document; undefined where nothing is */
  async #look(location: StrategiesLocation): Promise<string | undefined> {
    const problem = await this.#read(location)
    const unixMs = Date.now()
    if (problem !== undefined) this.#failure = { message: problem, unixMs, isOver: false }
    else {
      this.#succeededUnixMs = unixMs
      if (this.#failure !== undefined) this.#failure = { ...this.#failure, isOver: true }
    }
    return problem
  }

  async #read(location: StrategiesLocation): Promise<string | undefined> {
    const { metrics, logger } = this.#options
    const count = (outcome: LoadOutcome) =>
      metrics.add('spangate_sampling_loads_total', 1, { outcome })
    let document: DocumentBytes | undefined
    try {
      document = await location.load(this.#ending.signal)
    } catch (error) {
      if (!(error instanceof LocationError)) throw error
      count(error.reason)
      return `${location.name}: ${error.message}`
    }
    if (document === undefined) {
      count('unchanged')
      return this.#bad
    }
    const read = await this.#strategiesOf(document)
    if (read.strategies === undefined) {
      count('bad')
      this.#bad = `${location.name}: ${describeErrors(read)}`
      return this.#bad
    }
    count('changed')
    this.#bad = undefined
    this.#current = read.strategies
    this.#changedUnixMs = Date.now()
    const services = read.strategies.byService.size
    logger.info({ location: location.name, services }, 'sampling strategies read')
    for (const problem of read.problems) {
      logger.warn({ location: location.name, why: describeProblem(problem) }, 'sampling strategy')
    }
    return undefined
  }
}

function locationOf(text: string, limits: LocationLimits): StrategiesLocation {
  try {
    return strategiesLocation(text, limits)
  } catch (error) {
    if (!(error instanceof LocationError)) throw error
    throw new GatewayError('bad_settings', `Cannot use sampling.strategies: ${error.message}`)
  }
}
