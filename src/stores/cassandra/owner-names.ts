import type cassandra from 'cassandra-driver'

type Owners = readonly Pick<cassandra.Host, 'address' | 'datacenter'>[]

/**
 * Which nodes of a data centre have a range of partitions, as one text for the same nodes. The driver has one
 * list for each range until its nodes change, so that little is worked out more than once.
 */
export class OwnerNames {
  readonly #datacentre: string
  readonly #known = new WeakMap<Owners, string>()

  constructor(datacentre: string) {
    this.#datacentre = datacentre
  }

  /** @param owners the driver's list; it must not change */
  of(owners: Owners): string {
    const known = this.#known.get(owners)
    if (known !== undefined) return known
    const names = owners
      .filter(({ datacenter }) => datacenter === this.#datacentre)
      .map(({ address }) => address)
      .sort()
      .join(' ')
    this.#known.set(owners, names)
    return names
  }
}
