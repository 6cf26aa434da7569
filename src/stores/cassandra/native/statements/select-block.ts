import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** All sections of a block. */
export const selectBlock: Statement<[tenant: string, block: Uint8Array]> = {
  name: 'select_block',
  kind: 'read',
  cql: 'SELECT section, bytes FROM block WHERE tenant = ? AND block = ?',
  bind: (tenant, block) => [tenant, blob(block)],
}
