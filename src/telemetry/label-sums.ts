/** One sum and its labels. */
export interface LabelSum {
  readonly labels: Readonly<Record<string, string>>
  value: number
}

/**
 * Sums by the values of their labels, for what is counted several times a request: an OpenTelemetry
 * counter makes and hashes an attribute set at each call, ten times what an addition costs here. The
 * SDK reads the sums when somebody asks for the metrics.
 */
export class LabelSums {
  readonly #names: readonly string[]
  readonly #sums = new Map<string, LabelSum>()

  /** @param names the labels, all of which each addition gives */
  constructor(names: readonly string[]) {
    this.#names = names
  }

  add(value: number, labels: Readonly<Record<string, string>>): void {
    let key = ''
    for (const name of this.#names) key += `${labels[name]}\n`
    const sum = this.#sums.get(key)
    if (sum === undefined) this.#sums.set(key, { labels: { ...labels }, value })
    else sum.value += value
  }

  /** Every sum that was ever added to. */
  all(): Iterable<LabelSum> {
    return this.#sums.values()
  }
}
