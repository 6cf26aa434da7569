/**
 * A span of Zipkin's v2 API, as its JSON has it. Times are µs since the epoch, ids lower-case hex.
 *
 * Source: zipkin-api, zipkin2-api.yaml.
 */
export interface ZipkinSpan {
  /** 32 digits, 16 where the upper half is zero. */
  readonly traceId: string
  readonly id: string
  readonly parentId?: string
  readonly name?: string
  readonly kind?: 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER'
  readonly timestamp?: number
  /** At least 1. */
  readonly duration?: number
  readonly localEndpoint?: ZipkinEndpoint
  readonly remoteEndpoint?: ZipkinEndpoint
  readonly annotations?: readonly ZipkinAnnotation[]
  readonly tags?: Readonly<Record<string, string>>
  readonly debug?: boolean
  readonly shared?: boolean
}

/** Who took part in a call. */
export interface ZipkinEndpoint {
  readonly serviceName?: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly port?: number
}

/** Something that happened during a span. */
export interface ZipkinAnnotation {
  readonly timestamp: number
  readonly value: string
}
