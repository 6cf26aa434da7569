import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { ProtoOutput } from '../../../bridge/jaeger-thrift/proto-output.ts'
import { writeMessage } from '../../../bridge/jaeger-thrift/write-message.ts'
import type { ThriftReader } from '../../../bridge/thrift/thrift-reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { emitZipkinBatch, findSpanList } from '../../../bridge/zipkin/find-span-list.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { LogPace } from '../../telemetry/log-pace.ts'
import type { BoundAddress } from '../../transport/bind-addresses.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { describeRejected, receiveSpans } from '../receive-spans.ts'
import type { ClientLosses } from './client-losses.ts'

/** What a receiver is made of. */
export interface UdpReceiverOptions extends SpanReceiverOptions {
  /** For example `jaeger_udp_compact`. */
  readonly receiver: string
  /** Of the protocol of its port; used by nobody else. */
  readonly reader: ThriftReader
  readonly losses: ClientLosses
  /** Whether Zipkin's spans are taken too; only in the compact protocol. */
  readonly takesZipkin?: boolean
  /** Longest datagram that is taken. */
  readonly packetBytesMax: number
  /** Most bytes of datagrams that wait or are on their way to the store, and of what holds them. */
  readonly queueBytesMax: number
  readonly logger: Logger
}

interface Datagram {
  readonly bytes: Buffer
  readonly from: BoundAddress
}

/** Datagrams whose spans are stored together. */
interface Group {
  datagrams: number
  bytes: number
}
type Format = 'jaeger_thrift' | 'zipkin_thrift_compact'

/** So long datagrams are gathered before they are stored together: a store's write has a price. */
const gatherMs = 5
/** What a waiting datagram takes besides its bytes, for the objects that hold it. */
const datagramBytes = 512
/** Datagrams of so many bytes are read at a time; then others have their turn. Some 1 ms. */
const stepBytes = 64 * 1024
/** Spans of so many bytes are stored together at most; above 128 KiB a thread decodes them. */
const groupBytesMax = 512 * 1024
/** Groups on their way to the store at a time. While they are, the next one grows. */
const groupsMax = 8

/**
 * Jaeger's agent protocol on one port: a datagram is one call of `emitBatch`, or of `emitZipkinBatch`
 * where that is taken, and nobody is answered.
 *
 * The socket never waits. Datagrams wait here, in a queue with a bound, and are stored in groups;
 * what comes when the queue is full, what cannot be decoded, let in or stored is counted by its
 * reason, for there is nobody to tell. One bad datagram loses nothing of the others.
 */
export class UdpReceiver {
  readonly #options: UdpReceiverOptions
  readonly #source: { readonly receiver: string; readonly format: 'jaeger_thrift' }
  readonly #output = new ProtoOutput()
  readonly #aborter = new AbortController()
  readonly #groups = new Set<Promise<void>>()
  /** Of lost datagrams and bad spans. */
  readonly #pace = new LogPace()
  #waiting: Datagram[] = []
  #queuedBytes = 0
  /** Of datagrams whose spans are in `#output`. */
  #group: Group = noDatagrams()
  /** Of datagrams whose lists of Zipkin's spans are in `#lists`. */
  #zipkinGroup: Group = noDatagrams()
  #lists: Uint8Array[] = []
  #timer: NodeJS.Timeout | undefined
  #isStepping = false

  constructor(options: UdpReceiverOptions) {
    this.#options = options
    this.#source = { receiver: options.receiver, format: 'jaeger_thrift' }
  }

  /** Takes a datagram over; never throws. */
  take(bytes: Buffer, from: BoundAddress): void {
    const { packetBytesMax, queueBytesMax } = this.#options
    if (bytes.length > packetBytesMax) {
      this.#refuse('too_large', `it has ${bytes.length} bytes, at most ${packetBytesMax} are taken`)
    } else if (this.#queuedBytes + costOf(bytes) > queueBytesMax) {
      this.#refuse('overloaded', `${this.#queuedBytes} of ${queueBytesMax} bytes are queued`)
    } else {
      this.#queuedBytes += costOf(bytes)
      this.#waiting.push({ bytes, from })
      this.#timer ??= setTimeout(() => this.#step(), gatherMs)
    }
  }

  /** Stores what waits; what is not stored after the grace is counted as dropped. Safe to call twice. */
  async stop(graceMs: number): Promise<void> {
    const late = sleep(graceMs, undefined, { ref: false }).then(() => this.#aborter.abort(stopped))
    while (this.#queuedBytes > 0 && !this.#aborter.signal.aborted) {
      this.#step()
      await Promise.race([...this.#groups, late, sleep(1)])
    }
    await Promise.all(this.#groups)
    const read = this.#group.datagrams + this.#zipkinGroup.datagrams
    this.#refuse(stopped.code, stopped.message, this.#waiting.length + read)
    this.#waiting = []
    this.#lists = []
    this.#group = noDatagrams()
    this.#zipkinGroup = noDatagrams()
    this.#queuedBytes = 0
    clearTimeout(this.#timer)
  }

  /** Reads some of the waiting datagrams and, when the group is full or all are read, sends it. */
  #step(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isStepping || this.#groups.size >= groupsMax) return
    let taken = 0
    let bytes = 0
    while (taken < this.#waiting.length && bytes < stepBytes) {
      const datagram = this.#waiting[taken++] as Datagram
      bytes += costOf(datagram.bytes)
      this.#read(datagram)
    }
    this.#waiting.splice(0, taken)
    const isFull = this.#output.size >= groupBytesMax || this.#zipkinGroup.bytes >= groupBytesMax
    if (isFull || this.#waiting.length === 0) this.#send()
    if (this.#waiting.length === 0) return
    this.#isStepping = true
    setImmediate(() => {
      this.#isStepping = false
      this.#step()
    })
  }

  #read({ bytes, from }: Datagram): void {
    const { reader, losses, metrics } = this.#options
    const sender = `${from.address}:${from.port}`
    try {
      reader.use(bytes)
      const message = writeMessage(reader, this.#output)
      if (message.kind === 'batch') {
        this.#group.datagrams += 1
        this.#group.bytes += costOf(bytes)
        losses.note(sender, message.facts)
        const { unknownFields } = message.facts
        if (unknownFields > 0) {
          metrics.add('spangate_fields_skipped_total', unknownFields, this.#source)
        }
        return
      }
      if (message.method === emitZipkinBatch && this.#options.takesZipkin === true) {
        const { list, skippedFields } = findSpanList(reader)
        this.#lists.push(list)
        if (skippedFields > 0) {
          const source = { ...this.#source, format: 'zipkin_thrift_compact' } as const
          metrics.add('spangate_fields_skipped_total', skippedFields, source)
        }
        this.#zipkinGroup.datagrams += 1
        this.#zipkinGroup.bytes += costOf(bytes)
        return
      }
      this.#refuse('unknown_method', `"${message.method}" of ${sender} is not served`)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      const reason = error.code === 'truncated' ? 'truncated' : 'undecodable'
      this.#refuse(reason, `${error.message}, from ${sender}`)
    }
    this.#queuedBytes -= costOf(bytes)
  }

  #send(): void {
    const group = this.#group
    const zipkin = this.#zipkinGroup
    this.#group = noDatagrams()
    this.#zipkinGroup = noDatagrams()
    if (group.datagrams > 0) this.#sendGroup(group, 'jaeger_thrift', this.#output.finish())
    if (zipkin.datagrams === 0) return
    this.#sendGroup(zipkin, 'zipkin_thrift_compact', Buffer.concat(this.#lists))
    this.#lists = []
  }

  #sendGroup({ datagrams, bytes }: Group, format: Format, spansBytes: Buffer): void {
    const group = this.#store(spansBytes, datagrams, format).finally(() => {
      this.#queuedBytes -= bytes
      this.#groups.delete(group)
      if (this.#waiting.length > 0) this.#step()
    })
    this.#groups.add(group)
  }

  async #store(spansBytes: Buffer, datagrams: number, format: Format): Promise<void> {
    try {
      const { spans, rejected } = await receiveSpans(this.#options, {
        source: { ...this.#source, format },
        encoding: format === 'jaeger_thrift' ? 'jaeger_batches' : format,
        requests: datagrams,
        pieces: [spansBytes],
        held: heldByNobody,
        deadlineUnixMs: undefined,
        signal: this.#aborter.signal,
      })
      if (rejected.length > 0) {
        const why = describeRejected(rejected)
        this.#log('spans rejected', { rejected: rejected.length, spans, why })
      }
    } catch (error) {
      // Whoever refused or dropped them has counted them, and there is nobody to be told.
      this.#log('datagrams not stored', { datagrams, err: error })
    }
  }

  #refuse(reason: string, why: string, datagrams = 1): void {
    if (datagrams === 0) return
    const { metrics } = this.#options
    metrics.add('spangate_requests_refused_total', datagrams, { ...this.#source, reason })
    this.#log('datagram refused', { reason, why })
  }

  #log(message: string, facts: object): void {
    if (!this.#pace.take()) return
    this.#options.logger.warn({ ...this.#source, ...facts }, message)
  }
}

function costOf(bytes: Buffer): number {
  return bytes.length + datagramBytes
}

function noDatagrams(): Group {
  return { datagrams: 0, bytes: 0 }
}

const stopped = new GatewayError('cancelled', 'Cannot store datagrams: the gateway is stopping')

/** The queue counts these bytes until they are let in. */
const heldByNobody = { takeOver: () => 0, takeMemory: () => undefined }
