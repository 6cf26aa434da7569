/** What a translation could not carry over: how often by kind. A kind that did not occur is absent. */
export type Losses<Kind extends string = string> = ReadonlyMap<Kind, number>

/** Adds up losses of one closed list of kinds. */
export class LossCounter<Kind extends string> {
  readonly counts = new Map<Kind, number>()

  add(kind: Kind, count = 1): void {
    if (count > 0) this.counts.set(kind, (this.counts.get(kind) ?? 0) + count)
  }

  addAll(losses: Losses<Kind>): void {
    for (const [kind, count] of losses) this.add(kind, count)
  }
}
