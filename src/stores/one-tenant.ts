import { GatewayError } from '../errors/gateway-error.ts'

/**
 * Fails for any tenant but the default one.
 *
 * @param what has one tenant, for example `a keyspace of Jaeger`
 * @throws GatewayError 'invalid_argument'
 */
export function checkOnlyTenant(what: string, tenant: string): void {
  if (tenant === '') return
  throw new GatewayError(
    'invalid_argument',
    `Cannot use store: ${what} has one tenant, and "${tenant}" is another`,
    { field: 'tenant' },
  )
}
