/** What a store reports besides its answers: for the log and the counters, never thrown. */
export type StoreEvent =
  /** Retention removed spans; `spanCount` counts stored repeats too. */
  | { readonly kind: 'expired'; readonly spanCount: number }
  /** The oldest spans were removed to stay within the bound of bytes; repeats are counted too. */
  | { readonly kind: 'evicted'; readonly spanCount: number }
  /** Removing expired or the oldest spans failed; it is tried again. */
  | { readonly kind: 'expiry_failed'; readonly error: Error }
  /** The clock jumped forward, so that nothing expires for now. */
  | { readonly kind: 'expiry_paused'; readonly jumpMs: number }
  | { readonly kind: 'expiry_resumed' }
  /** A commit failed; its requests were told so. */
  | { readonly kind: 'commit_failed'; readonly error: Error; readonly requestCount: number }
  /** A read was refused because too many waited already. */
  | { readonly kind: 'read_refused'; readonly waiting: number }
  /** Stored spans could not be read; answers go on without them. */
  | { readonly kind: 'damaged'; readonly error: Error }
  /** A file is damaged, and nothing more is written to it. `path` is where it is now. */
  | { readonly kind: 'file_damaged'; readonly path: string; readonly error: Error }
  /** Spans of an older format are being written anew; the store opens when all of them are. */
  | { readonly kind: 'importing'; readonly spanCount: number; readonly percent: number }
  /** Spans of an older format were written anew; rows that could not be read are lost. */
  | { readonly kind: 'imported'; readonly spanCount: number; readonly damagedRows: number }
  /** A thread ended on its own; another is started after `restartMs`. */
  | {
      readonly kind: 'thread_stopped'
      readonly thread: StoreThread
      readonly error: Error
      readonly restartMs: number
    }
  | { readonly kind: 'thread_restarted'; readonly thread: StoreThread }
  /** A node of a cluster does not answer, or is back. */
  | { readonly kind: 'node_down' | 'node_up'; readonly node: string }
  /** Nothing can be kept or read, as the other process of the store does not answer; or it is back. */
  | { readonly kind: 'store_away' | 'store_back'; readonly address: string }

/** Which thread of the store. */
export type StoreThread = 'writer' | 'reader' | 'archive'
