import type { ChannelCredentials, ClientUnaryCall, Interceptor, ServiceError } from '@grpc/grpc-js'
import { Client, connectivityState, credentials, Metadata, status } from '@grpc/grpc-js'
import { connectionReason } from '../../errors/connection-reason.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { cancelledBy } from '../cancelled.ts'
import { storeClosed } from '../check-open.ts'
import { onAbort } from '../on-abort.ts'
import { readPem } from '../read-pem.ts'
import type { MessagePlace } from './message-room.ts'
import { MessageStream } from './message-stream.ts'
import { QuietTime } from './quiet-time.ts'
import type { RemoteAddress, RemoteTls } from './remote-address.ts'
import { lateAnswer, remoteFailure } from './remote-failure.ts'

/** How a remote storage is spoken to. */
export interface RemoteChannelOptions {
  readonly address: RemoteAddress
  /** Until the first connection. */
  readonly connectTimeoutMs: number
  /** For an answer, and for each message of a stream. */
  readonly timeoutMs: number
  /** A larger message of the remote ends its call. */
  readonly messageBytesMax: number
  readonly metrics?: Pick<Metrics, 'record'> | undefined
  /** The remote was lost, or is back. */
  readonly onState?: (isUp: boolean) => void
  /** There is no connection any more; the next one may be to another program. */
  readonly onDisconnect?: () => void
}

/** What is called, and by whom. */
export interface RemoteCall {
  /** For messages: `Cannot store spans`. */
  readonly action: string
  /** `/jaeger.storage.v2.TraceReader/GetTraces`. */
  readonly path: string
  readonly request: Uint8Array
  /** Ends the call when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** Instead of the channel's, what is left of `search.max-time`. */
  readonly timeoutMs?: number | undefined
  /** Waits for room for each message of a stream; left out: it needs none. */
  readonly takeRoom?: (() => Promise<MessagePlace>) | undefined
}

/** One answer, and the metadata behind it. */
export interface RemoteAnswer {
  readonly bytes: Buffer
  readonly trailers: Metadata
}

const asBytes = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const asIs = (bytes: Buffer): Buffer => bytes

/** Asked for the reason of a failure only, so it need not be there. */
const healthPath = '/grpc.health.v1.Health/Check'
const whyMs = 500

/** Bytes of one stream that may be under way before they are read. */
const windowBytes = 1024 * 1024

/**
 * A connection to a remote storage that is made again whenever it is lost. Calls while there is none fail at
 * once; each has its time, its metric, and ends with its signal.
 */
export class RemoteChannel {
  readonly #options: RemoteChannelOptions
  readonly #metadata = new Metadata()
  readonly #closing = new AbortController()
  readonly #quiet: QuietTime
  #client: Client
  #isUp = true

  /**
   * Connects. Nothing stays open when that fails.
   *
   * @throws GatewayError 'store_unavailable' when there is no connection in time, 'bad_settings' for a file
   *   that cannot be read
   */
  static async connect(options: RemoteChannelOptions): Promise<RemoteChannel> {
    const channel = new RemoteChannel(options)
    try {
      await channel.#ready()
    } catch (error) {
      channel.close()
      throw error
    }
    channel.#watch(channel.#client)
    return channel
  }

  private constructor(options: RemoteChannelOptions) {
    const { tenant } = options.address
    this.#options = options
    this.#client = clientOf(options)
    this.#quiet = new QuietTime(options.timeoutMs, () => this.#renew())
    if (tenant !== undefined) this.#metadata.set(tenant.header, tenant.name)
  }

  /** Calls a method that has one answer. */
  async ask(call: RemoteCall): Promise<RemoteAnswer> {
    this.#checkOpen(call)
    return this.#measured(call, () => this.#quiet.over(() => this.#ask(call)))
  }

  /**
   * The messages of an answer, each taken when it is asked for; its room is for others when the next one is
   * asked for. The call ends when its reader leaves.
   *
   * @param onEnd gets the metadata behind the last message
   */
  async *stream(
    call: RemoteCall,
    onEnd: (trailers: Metadata) => void,
  ): AsyncGenerator<Buffer, void, void> {
    this.#checkOpen(call)
    const startedMs = performance.now()
    const { path, request, takeRoom } = call
    const start = (interceptor: Interceptor) =>
      this.#client.makeServerStreamRequest(path, asBytes, asIs, request, this.#metadata, {
        interceptors: [interceptor],
      })
    const messages = new MessageStream(start, takeRoom === undefined)
    const release = this.#endWith(call, (error) => messages.fail(error))
    let outcome = 'done'
    try {
      for (;;) {
        const place = await takeRoom?.()
        try {
          const message = await this.#quiet.over(() => this.#next(call, messages))
          if (message === undefined) break
          place?.settle(message.length)
          yield message
        } finally {
          place?.free()
        }
      }
      onEnd(messages.trailers)
    } catch (error) {
      outcome = error instanceof GatewayError ? error.code : 'internal'
      throw error
    } finally {
      release()
      messages.close()
      this.#record(path, outcome, startedMs)
    }
  }

  /** Ends what is under way; safe to call twice. */
  close(): void {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#client.close()
  }

  async #next(call: RemoteCall, messages: MessageStream): Promise<Buffer | undefined> {
    const { action, timeoutMs = this.#options.timeoutMs } = call
    try {
      return await messages.next(timeoutMs, () => lateAnswer(action, timeoutMs, settingOf(call)))
    } catch (error) {
      throw isServiceError(error) ? remoteFailure(action, error) : error
    }
  }

  #ask(call: RemoteCall): Promise<RemoteAnswer> {
    const { action, path, request, timeoutMs = this.#options.timeoutMs } = call
    return new Promise((resolve, reject) => {
      let failure: ServiceError | null = null
      let answer: Buffer | undefined
      const deadline = Date.now() + timeoutMs
      // Ours, not one that the remote had over a call of its own: what it says is its own.
      const unaryFailure = (error: ServiceError): GatewayError =>
        error.code === status.DEADLINE_EXCEEDED && Date.now() >= deadline
          ? lateAnswer(action, timeoutMs, settingOf(call), error)
          : remoteFailure(action, error)
      const unary: ClientUnaryCall = this.#client.makeUnaryRequest(
        path,
        asBytes,
        asIs,
        request,
        this.#metadata,
        { deadline },
        (error, bytes?: Buffer) => {
          failure = error
          answer = bytes
        },
      )
      const release = this.#endWith(call, (error) => {
        reject(error)
        unary.cancel()
      })
      // Comes after the callback, and has the metadata.
      unary.on('status', ({ metadata }) => {
        release()
        if (failure !== null) reject(unaryFailure(failure))
        else resolve({ bytes: answer ?? Buffer.alloc(0), trailers: metadata })
      })
    })
  }

  /** Calls back once, when nobody wants the answer any more. @returns what takes that back */
  #endWith({ signal }: RemoteCall, end: (error: GatewayError) => void): () => void {
    const closed = onAbort(this.#closing.signal, () => end(storeClosed()))
    const aborted = signal && onAbort(signal, () => end(cancelledBy(signal)))
    return () => {
      closed()
      aborted?.()
    }
  }

  #checkOpen({ signal }: RemoteCall): void {
    if (this.#closing.signal.aborted) throw storeClosed()
    if (signal?.aborted) throw cancelledBy(signal)
  }

  async #measured<Result>({ path }: RemoteCall, run: () => Promise<Result>): Promise<Result> {
    const startedMs = performance.now()
    let outcome = 'done'
    try {
      return await run()
    } catch (error) {
      outcome = error instanceof GatewayError ? error.code : 'internal'
      throw error
    } finally {
      this.#record(path, outcome, startedMs)
    }
  }

  #record(path: string, outcome: string, startedMs: number): void {
    const seconds = (performance.now() - startedMs) / 1000
    const method = path.slice(path.lastIndexOf('/') + 1)
    this.#options.metrics?.record('spangate_store_call_seconds', seconds, { method, outcome })
  }

  async #ready(): Promise<void> {
    const { address, connectTimeoutMs } = this.#options
    const isReady = await new Promise<boolean>((resolve) => {
      this.#client.waitForReady(Date.now() + connectTimeoutMs, (error) => {
        resolve(error === undefined)
      })
    })
    if (isReady) return
    const waited = `${connectTimeoutMs} ms, store.remote.connect-timeout`
    const state = `there is no connection to ${address.target} in ${waited} (${await this.#why()})`
    throw new GatewayError('store_unavailable', `Cannot use the remote storage: ${state}`)
  }

  /** Why there is no connection, which grpc-js tells to calls alone. */
  #why(): Promise<string> {
    const deadline = Date.now() + whyMs
    return new Promise((resolve) => {
      const done = (error: ServiceError | null): void =>
        resolve(error === null ? 'now there is' : connectionReason(error.details))
      const nothing = Buffer.alloc(0)
      this.#client.makeUnaryRequest(healthPath, asBytes, asIs, nothing, { deadline }, done)
    })
  }

  /** Follows a connection, which is made again as soon as it can be. */
  #watch(client: Client): void {
    const channel = client.getChannel()
    const state = channel.getConnectivityState(true)
    const nowUp = state === connectivityState.READY
    const nowDown = state === connectivityState.TRANSIENT_FAILURE
    const isUp = nowUp || (this.#isUp && !nowDown)
    // It may go idle and be ready again without having failed.
    if (!nowUp) this.#options.onDisconnect?.()
    if (isUp !== this.#isUp) this.#options.onState?.(isUp)
    this.#isUp = isUp
    channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => {
      if (!this.#closing.signal.aborted && client === this.#client) this.#watch(client)
    })
  }

  /** Takes another connection in place of one over which nothing comes. */
  #renew(): void {
    if (this.#closing.signal.aborted) return
    this.#client.close()
    this.#options.onDisconnect?.()
    this.#client = clientOf(this.#options)
    this.#watch(this.#client)
  }
}

function clientOf({ address, messageBytesMax }: RemoteChannelOptions): Client {
  const { target, tls } = address
  return new Client(target, credentialsOf(tls), {
    // A channel of its own: closing it must not end that of somebody else.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc-node.flow_control_window': windowBytes,
    ...(tls?.serverName !== undefined && { 'grpc.ssl_target_name_override': tls.serverName }),
  })
}

function settingOf({ timeoutMs }: RemoteCall): string {
  return timeoutMs === undefined ? 'store.remote.timeout' : 'search.max-time'
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error
}

function credentialsOf(tls: RemoteTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure()
  const { ca, certificate, key } = tls
  const [roots, privateKey, chain] = [pem('ca', ca), pem('key', key), pem('cert', certificate)]
  try {
    return credentials.createSsl(roots, privateKey, chain)
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('bad_settings', `Cannot use ca, cert and key of the store: ${state}`, {
      cause,
    })
  }
}

function pem(parameter: string, file: string | undefined): Buffer | null {
  return file === undefined ? null : readPem(parameter, file)
}
