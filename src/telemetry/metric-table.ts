/** What one metric of our own is; the table below is the source of the code and of docs/metrics.md. */
export interface MetricRow {
  /**
   * A counter only grows, a level goes up and down, a gauge is read when somebody asks. A tally is a
   * counter that is read then, because somebody else counts. A list is a gauge whose sets of labels, or whose value, come and go.
   */
  readonly kind: 'counter' | 'tally' | 'level' | 'gauge' | 'list' | 'histogram'
  /** In the words of UCUM, '1' where things are counted. */
  readonly unit: '1' | 'By' | 's'
  readonly labels: readonly string[]
  readonly doc: string
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[]
}

const source = ['receiver', 'format'] as const
const sourceAndReason = ['receiver', 'format', 'reason'] as const

/**
 * All metrics of the gateway, by the name that `/metrics` shows.
 *
 * For spans, at every moment and for each receiver and format:
 * received = stored + rejected + dropped + in flight (docs/adr/0002-acknowledged-means-stored.md).
 */
export const metricTable = {
  spangate_spans_received_total: {
    kind: 'counter',
    unit: '1',
    labels: source,
    doc: 'Spans of requests that were let in and whose framing could be read.',
  },
  spangate_spans_stored_total: {
    kind: 'counter',
    unit: '1',
    labels: source,
    doc: 'Spans that the store has committed, repeats included.',
  },
  spangate_spans_rejected_total: {
    kind: 'counter',
    unit: '1',
    labels: sourceAndReason,
    doc: 'Spans that are bad themselves: sending them again cannot help.',
  },
  spangate_spans_dropped_total: {
    kind: 'counter',
    unit: '1',
    labels: sourceAndReason,
    doc: 'Good spans that were not confirmed, so their client was told to send them again or went away before; a store that failed halfway may hold some. The reason is the error code.',
  },
  spangate_spans_in_flight: {
    kind: 'level',
    unit: '1',
    labels: source,
    doc: 'Spans received whose store has not answered yet.',
  },
  spangate_spans_repaired_total: {
    kind: 'counter',
    unit: '1',
    labels: ['receiver', 'format', 'repair'],
    doc: 'Resources, scopes and spans that were changed to be taken.',
  },
  spangate_spans_expired_total: {
    kind: 'counter',
    unit: '1',
    labels: ['reason'],
    doc: 'Spans that the store removed after it had kept them: retention (older than store.retention) or eviction (to stay within its memory). Outside the sum above.',
  },
  spangate_requests_refused_total: {
    kind: 'counter',
    unit: '1',
    labels: sourceAndReason,
    doc: 'Requests with spans that were refused before their spans were counted. The reason is the error code, or undecodable. A datagram is a request; it may also be truncated, too_large (jaeger.udp.max-packet-size) or of an unknown_method.',
  },
  spangate_fields_skipped_total: {
    kind: 'counter',
    unit: '1',
    labels: source,
    doc: 'Fields whose value was lost: not in the contract, replaced by another one, or of no span. Unknown fields of OTLP, and of messages in a span or process of Jaeger, are kept.',
  },
  spangate_udp_kernel_dropped_total: {
    kind: 'tally',
    unit: '1',
    labels: ['listener'],
    doc: 'Datagrams that the kernel dropped because the receive buffer was full, on Linux. A larger net.core.rmem_max makes room.',
  },
  spangate_client_batches_lost_total: {
    kind: 'tally',
    unit: '1',
    labels: ['receiver', 'client'],
    doc: 'Batches of a Jaeger client that never came, by the numbers of the others (seqNo); known once 32 later ones have come. The client is its client-uuid or its address; 1,000 are kept for each receiver, the rest are other.',
  },
  spangate_client_spans_lost_total: {
    kind: 'tally',
    unit: '1',
    labels: ['receiver', 'client', 'reason'],
    doc: 'Spans that a Jaeger client says it lost itself (stats): queue_full, too_large or failed_to_emit.',
  },
  spangate_bytes_in_flight: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    doc: 'Bytes of requests held by the process: messages still arriving, decompressed ones, and those that wait for the store. Bounded by admission.max-bytes.',
  },
  spangate_receive_paused_connections: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    doc: 'Connections with requests that are not read from because bytes in flight are near their bound.',
  },
  spangate_messages_given_up_total: {
    kind: 'counter',
    unit: '1',
    labels: ['listener', 'reason'],
    doc: 'Messages ended before they had arrived whole or were decompressed: stalled (less than 64 KiB within admission.stalled-after while the bound pressed, or nothing over HTTP), overloaded (waited too long for room), too_large, encoding (not what it says, or of gRPC one that is not known), or busy (refused at its headers, as requests took over half of admission.wait).',
  },
  spangate_receive_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    doc: 'How long requests with spans took, from their headers to their answer: the mean of the last half second in which some ended.',
  },
  spangate_connections_open: {
    kind: 'level',
    unit: '1',
    labels: ['listener'],
    doc: 'Open connections of gRPC and HTTP listeners.',
  },
  spangate_connections_renewed_total: {
    kind: 'counter',
    unit: '1',
    labels: ['listener'],
    doc: 'Connections whose clients were asked to connect anew, because HTTP/2 allows them only so many calls that are given up or refused early (1,000, and 33 a second). Calls under way are finished.',
  },
  spangate_connections_refused_total: {
    kind: 'counter',
    unit: '1',
    labels: ['listener'],
    doc: 'Connections closed at once because as many as the listener takes were open.',
  },
  spangate_http_failures_total: {
    kind: 'counter',
    unit: '1',
    labels: ['listener', 'status'],
    doc: 'Requests of HTTP listeners that were answered with a status of 400 or more, or whose answer was cut because the rest of it failed. With the listener of a gRPC port: connections that brought HTTP/1.1, TLS or something else that is no HTTP/2, and were answered so.',
  },
  spangate_store_write_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['receiver', 'outcome'],
    doc: 'How long the store took for one request, from asking to its answer. The outcome is stored or failed.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
  },
  spangate_store_statement_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['statement', 'outcome'],
    doc: 'How long Cassandra took for one statement or batch, retries included. The outcome is done or the error code.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
  },
  spangate_store_call_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['method', 'outcome'],
    doc: 'How long a remote storage took for one call, until the last message of its answer was taken. The outcome is done or the error code.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
  },
  spangate_store_failing: {
    kind: 'gauge',
    unit: '1',
    labels: ['calls'],
    doc: '1 while the store fails what it is asked, or leaves writes without an answer: writes or reads.',
  },
  spangate_store_size_bytes: {
    kind: 'list',
    unit: 'By',
    labels: [],
    doc: 'What spans take in `sqlite:`, logs of its files included, or `memory:`. Bounded by spangate_store_size_max_bytes.',
  },
  spangate_store_size_max_bytes: {
    kind: 'list',
    unit: 'By',
    labels: [],
    doc: 'The bound of it: store.sqlite.max-bytes or store.memory.max-bytes.',
  },
  spangate_store_archive_bytes: {
    kind: 'list',
    unit: 'By',
    labels: [],
    doc: 'What archived traces take, besides, in `sqlite:` or `memory:`.',
  },
  spangate_store_disk_free_bytes: {
    kind: 'list',
    unit: 'By',
    labels: [],
    doc: 'What the file system of `sqlite:` has left.',
  },
  spangate_store_spans: {
    kind: 'list',
    unit: '1',
    labels: [],
    doc: 'Spans that are kept in `sqlite:` or `memory:`, repeats included.',
  },
  spangate_store_damaged_files: {
    kind: 'list',
    unit: '1',
    labels: [],
    doc: 'Files of `sqlite:` that were set aside.',
  },
  spangate_store_oldest_arrival_seconds: {
    kind: 'list',
    unit: 's',
    labels: [],
    doc: 'When the oldest span that is kept arrived, since the epoch; not known of Cassandra and remote storage.',
  },
  spangate_store_nodes: {
    kind: 'list',
    unit: '1',
    labels: ['state'],
    doc: 'Nodes of Cassandra as the driver sees them: up or down.',
  },
  spangate_store_tags_skipped_total: {
    kind: 'counter',
    unit: '1',
    labels: [],
    doc: "Tags that Jaeger's tables cannot index: keys or values of 256 bytes or more, and JSON objects. Their spans are found by them only where a search reads spans.",
  },
  spangate_store_tags_over_limit_total: {
    kind: 'counter',
    unit: '1',
    labels: ['setting'],
    doc: "Tags that have no row in the index of Jaeger's tables because the setting bounds how many a span or a request may have there. Their spans are found by them all the same, by being read.",
  },
  spangate_query_seconds: {
    kind: 'histogram',
    unit: 's',
    labels: ['method', 'code'],
    doc: 'How long a call of a query service took, until its last message was handed over or it failed. The method of a call over HTTP is that of its endpoint, `GET /api/traces/{traceId}`. The code is the name of its gRPC status, over HTTP the number of its status, or CANCELLED.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
  },
  spangate_searches_under_way: {
    kind: 'level',
    unit: '1',
    labels: [],
    doc: 'Searches that are being answered. Bounded by search.max-concurrent.',
  },
  spangate_searches_refused_total: {
    kind: 'counter',
    unit: '1',
    labels: [],
    doc: 'Searches refused because as many as search.max-concurrent were under way.',
  },
  spangate_reads_refused_total: {
    kind: 'counter',
    unit: '1',
    labels: [],
    doc: 'Reads of a store refused because as many as store.sqlite.max-waiting-reads waited already.',
  },
  spangate_answers_stalled_total: {
    kind: 'counter',
    unit: '1',
    labels: [],
    doc: 'Answers of queries ended because their client took nothing for search.stalled-after while others waited.',
  },
  spangate_traces_unadjusted_total: {
    kind: 'counter',
    unit: '1',
    labels: [],
    doc: 'Traces that were shown without a look at clock skew and shared span ids, for query.max-adjusted-spans or query.max-adjusting-size.',
  },
  spangate_sampling_requests_total: {
    kind: 'counter',
    unit: '1',
    labels: ['listener', 'strategy'],
    doc: 'Clients that asked what to sample and were told: the strategy of their own service, or the default.',
  },
  spangate_sampling_loads_total: {
    kind: 'counter',
    unit: '1',
    labels: ['outcome'],
    doc: 'Looks at sampling.strategies: changed, unchanged, or why nothing changed although it should: bad, unreadable, timeout (sampling.timeout) or too_large (sampling.max-size).',
  },
  spangate_sampling_roots_total: {
    kind: 'counter',
    unit: '1',
    labels: ['kept_by'],
    doc: 'Root spans that adaptive sampling looked at: kept by a share, by other means (a lower bound, a rate, a person), or untold, which counts as the share of its operation; not_counted are those beyond sampling.adaptive.max-services.',
  },
  spangate_sampling_probability: {
    kind: 'list',
    unit: '1',
    labels: ['service', 'operation'],
    doc: 'Share of an operation that adapts, of the busiest sampling.adaptive.max-metric-operations; without a name, of the operations that have none of their own.',
  },
  spangate_sampling_observed_rate: {
    kind: 'list',
    unit: '1',
    labels: ['service', 'operation'],
    doc: 'Traces a second of these operations, kept or not, by the shares that kept them.',
  },
  spangate_sampling_kept_rate: {
    kind: 'list',
    unit: '1',
    labels: ['service', 'operation'],
    doc: 'Traces a second of these operations that were kept, in the last four intervals or so.',
  },
  spangate_sampling_leader: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    doc: '1 in the process that calculates the shares for all, 0 in the others.',
  },
  spangate_sampling_lease_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    doc: 'For how long this process knows who calculates; at 0 it has not heard of anybody for sampling.adaptive.lease.',
  },
  spangate_sampling_store_failures_total: {
    kind: 'counter',
    unit: '1',
    labels: ['action'],
    doc: 'What adaptive sampling could not do because of its store: lease (who calculates), counts (to store them), lead or follow (to store or to read shares). The last shares stay.',
  },
  spangate_sampling_operations: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    doc: 'Operations with a share of their own that adapts.',
  },
  spangate_sampling_services: {
    kind: 'gauge',
    unit: '1',
    labels: [],
    doc: 'Services with a strategy of their own.',
  },
  spangate_event_loop_delay_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: ['quantile'],
    doc: 'How late the main thread was in the last minute, or up to 15 s more: the quantiles 0.5, 0.99 and 1. All who read it see the same.',
  },
  spangate_heap_used_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    doc: 'JavaScript heap in use.',
  },
  spangate_resident_bytes: {
    kind: 'gauge',
    unit: 'By',
    labels: [],
    doc: 'Memory of the process as the system sees it.',
  },
  spangate_cpu_seconds_total: {
    kind: 'tally',
    unit: 's',
    labels: [],
    doc: 'CPU time of all threads of the process, in user and system mode.',
  },
  spangate_start_time_seconds: {
    kind: 'gauge',
    unit: 's',
    labels: [],
    doc: 'When the process was started, since the epoch.',
  },
  spangate_build_info: {
    kind: 'gauge',
    unit: '1',
    labels: ['version', 'node_version'],
    doc: 'Always 1: which version runs, on which Node.',
  },
} as const satisfies Record<`spangate_${string}`, MetricRow>

/** Name of a metric, as `/metrics` shows it. */
export type MetricName = keyof typeof metricTable

/** Names of one kind of metric. */
export type NameOfKind<K extends MetricRow['kind']> = {
  [N in MetricName]: (typeof metricTable)[N]['kind'] extends K ? N : never
}[MetricName]

/** The labels of a metric: all of them, each with its value. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in (typeof metricTable)[N]['labels'][number]]: string
}
