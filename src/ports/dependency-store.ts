/** How often one service called another. */
export interface DependencyLink {
  readonly parent: string
  readonly child: string
  /** A whole number from 0 on. */
  readonly callCount: number
  /** What counted the calls, such as `jaeger`; often empty. */
  readonly source: string
}

/** Times of counts, `[startMs, endMs)`, ms since the epoch. */
export interface DependencyWindow {
  readonly startMs: number
  readonly endMs: number
}

/** Where links between services are kept. */
export interface DependencyStore {
  /**
   * The links that were counted in a window: each parent, child and source once, with the sum of its
   * calls, sorted by these. The tenant is '' by default.
   *
   * @param signal ends it between two reads
   * @throws GatewayError 'store_unavailable' when they cannot be read now, 'cancelled' when nobody wants them
   */
  links(
    tenant: string,
    window: DependencyWindow,
    signal?: AbortSignal,
  ): Promise<readonly DependencyLink[]>
}
