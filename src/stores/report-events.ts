import type { Logger } from 'pino'
import type { Metrics } from '../telemetry/metrics.ts'
import type { OpenStoreOptions } from './open-store.ts'

/** Puts what a store reports besides its answers into the log and the counters. */
export function storeEventHandler(
  logger: Logger,
  metrics: Pick<Metrics, 'add'>,
): NonNullable<OpenStoreOptions['onEvent']> {
  return (event) => {
    const { kind, ...data } = event
    if (event.kind === 'expired' || event.kind === 'evicted') {
      const reason = event.kind === 'expired' ? 'retention' : 'eviction'
      metrics.add('spangate_spans_expired_total', event.spanCount, { reason })
    }
    if (event.kind === 'read_refused') metrics.add('spangate_reads_refused_total', 1, {})
    const { error, ...rest } = { error: undefined, ...data }
    const fields = error === undefined ? rest : { ...rest, err: error }
    logger[levels[kind]](fields, messages[kind])
  }
}

type Kind = Parameters<NonNullable<OpenStoreOptions['onEvent']>>[0]['kind']

const messages = {
  expired: 'expired spans removed',
  evicted: 'oldest spans removed to stay within the bound of bytes',
  expiry_failed: 'expired spans could not be removed',
  expiry_paused: 'clock jumped forward, nothing expires for now',
  expiry_resumed: 'spans expire again',
  commit_failed: 'commit failed',
  read_refused: 'read refused, too many wait already',
  damaged: 'stored spans could not be read',
  file_damaged: 'store file is damaged',
  importing: 'spans of an older format are being written anew',
  imported: 'spans of an older format written anew',
  thread_stopped: 'store thread stopped',
  thread_restarted: 'store thread restarted',
  node_down: 'node of the store does not answer',
  node_up: 'node of the store answers again',
  store_away: 'the store does not answer',
  store_back: 'the store answers again',
} as const satisfies Record<Kind, string>

const levels = {
  expired: 'debug',
  evicted: 'debug',
  expiry_failed: 'error',
  expiry_paused: 'warn',
  expiry_resumed: 'info',
  commit_failed: 'error',
  read_refused: 'debug',
  damaged: 'error',
  file_damaged: 'error',
  importing: 'info',
  imported: 'info',
  thread_stopped: 'error',
  thread_restarted: 'info',
  node_down: 'warn',
  node_up: 'info',
  store_away: 'error',
  store_back: 'info',
} as const satisfies Record<Kind, 'debug' | 'info' | 'warn' | 'error'>
