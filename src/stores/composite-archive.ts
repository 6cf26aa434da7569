import type { ArchiveStore } from '../ports/archive-store.ts'
import { IdentitySet } from '../search/identity-set.ts'
import { eachOnce } from './found-traces.ts'

/**
 * Two archives that are read as one, each span once; traces are archived in the newer one.
 *
 * @param isInOlder whether the older one may have traces of a tenant
 */
export function compositeArchive(
  newer: ArchiveStore | undefined,
  older: ArchiveStore | undefined,
  isInOlder: (tenant: string) => boolean,
): ArchiveStore | undefined {
  if (newer === undefined || older === undefined) return newer ?? older
  return {
    write: (...given) => newer.write(...given),
    async *trace(tenant, traceId, signal) {
      const seen = new IdentitySet()
      for (const archive of isInOlder(tenant) ? [newer, older] : [newer]) {
        yield* eachOnce(archive.trace(tenant, traceId, signal), seen)
      }
    },
  }
}
