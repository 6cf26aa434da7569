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
    this.#sumOf(labels).value += value
  }

  /** `add` for the same labels again and again. */
  adder(labels: Readonly<Record<string, string>>): (value: number) => void {
    let sum: LabelSum | undefined
    const own = { ...labels }
    return (value) => {
      sum ??= this.#sumOf(own)
      sum.value += value
    }
  }

  /** Every sum that was ever added to. */
  all(): Iterable<LabelSum> {
    return this.#sums.values()
  }

  #sumOf(labels: Readonly<Record<string, string>>): LabelSum {
    let key = ''
    for (const name of this.#names) key += `${labels[name]}\n`
    const known = this.#sums.get(key)
    if (known !== undefined) return known
    const sum = { labels: { ...labels }, value: 0 }
    this.#sums.set(key, sum)
    return sum
  }
}
