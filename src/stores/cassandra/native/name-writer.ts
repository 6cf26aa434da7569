import type { OpenBlock } from '../../../blocks/open-block.ts'
import { KnownNames } from '../../known-names.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { insertOperation } from './statements/insert-operation.ts'
import { insertService } from './statements/insert-service.ts'

/** A longer text cannot be a key of Cassandra's; the spans are found without it. */
const nameBytesMax = 60_000

/**
 * Names of services and spans that have to be stored: those that this process has not stored for an
 * eighth of the retention, by which they live longer than the spans.
 */
export class NameWriter {
  readonly #retentionMs: number
  #known = new KnownNames()
  #renewAtMs = 0

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs
  }

  /** The statements that store the names of a block's spans from `first` on; `forget` if they fail. */
  statements(tenant: string, block: OpenBlock, first: number): readonly Bound[] {
    if (performance.now() >= this.#renewAtMs) {
      this.#known = new KnownNames()
      this.#renewAtMs = performance.now() + this.#retentionMs / 8
    }
    const ttlSeconds = Math.ceil((this.#retentionMs * 1.25) / 1000) + 3600
    const statements: Bound[] = []
    for (const [service, name, kind] of namesOf(block, first)) {
      if (service === '' || !isKey(service)) continue
      // A service is known as one of its names is; there is always one.
      if (this.#known.add(tenant, service, '', serviceKind)) {
        statements.push(bound(insertService, tenant, service, ttlSeconds))
      }
      if (isKey(name) && this.#known.add(tenant, service, name, kind)) {
        statements.push(bound(insertOperation, tenant, service, name, kind, ttlSeconds))
      }
    }
    return statements
  }

  /** Everything is stored again. */
  forget(): void {
    this.#known.clear()
  }
}

/** No span has it. */
const serviceKind = -1

/** Each service, name and kind once. */
function* namesOf(
  { columns, groups, whats, spanCount }: OpenBlock,
  first: number,
): Iterable<readonly [service: string, name: string, kind: number]> {
  const pairs = new Set<number>()
  for (let span = first; span < spanCount; span++) {
    pairs.add((columns.groups[span] as number) * 0x1_0000 + (columns.whats[span] as number))
  }
  for (const pair of pairs) {
    const what = whats[pair % 0x1_0000]
    const service = groups[Math.floor(pair / 0x1_0000)]?.service ?? ''
    if (what !== undefined) yield [service, what.name, what.kind | 0]
  }
}

function isKey(text: string): boolean {
  return text.length < nameBytesMax / 3 || Buffer.byteLength(text) < nameBytesMax
}
