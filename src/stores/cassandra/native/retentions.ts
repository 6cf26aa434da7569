/** How long spans are kept after their arrival; plain data, for any thread. */
export interface Retentions {
  readonly defaultMs: number
  /** Tenants whose spans are kept for another time, ms. */
  readonly byTenant: ReadonlyMap<string, number>
}

/** How long the spans of a tenant are kept, ms. */
export function retentionOf({ defaultMs, byTenant }: Retentions, tenant: string): number {
  return byTenant.get(tenant) ?? defaultMs
}

/** How long those of any tenant are, ms. */
export function longestRetention({ defaultMs, byTenant }: Retentions): number {
  return Math.max(defaultMs, ...byTenant.values())
}
