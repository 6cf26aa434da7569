/** Services of a document that are made of its text as they are asked for. */
export class ServiceItems implements Iterable<unknown> {
  readonly #items: () => Iterator<unknown>

  constructor(items: () => Iterator<unknown>) {
    this.#items = items
  }

  [Symbol.iterator](): Iterator<unknown> {
    return this.#items()
  }
}
