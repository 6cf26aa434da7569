import { expectWireType, WireReader, WireType } from '../../../bridge/wire/reader.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { samplingPartBytesMax } from '../../ports/sampling-store.ts'

/** A part ends behind the entry that goes past it. An entry is two names and some numbers: less than 4 KiB. */
const partFullBytes = samplingPartBytesMax - 4096

/**
 * Writes entries of operations, those of a service together, into parts that can be read each for itself.
 *
 *   Part: 1 seconds double, 2 services: 1 name, 2 operations, whose fields are the caller's
 */
export class PartsWriter {
  readonly #parts: Uint8Array[] = []
  readonly #seconds: number
  readonly #part = new WireWriter(4096)
  readonly #service = new WireWriter(4096)
  #name: string | undefined

  /** @param seconds that the entries are about; 0 where they are about none */
  constructor(seconds: number) {
    this.#seconds = seconds
    this.#begin()
  }

  /** Writes one entry. @param write its fields */
  add(service: string, write: (writer: WireWriter) => void): void {
    if (service !== this.#name) {
      this.#endService()
      this.#name = service
      this.#service.string(1, service)
    }
    this.#service.message(2, () => write(this.#service))
    if (this.#part.sizeBytes + this.#service.sizeBytes >= partFullBytes) this.#endPart()
  }

  /** All parts: at least one. */
  finish(): readonly Uint8Array[] {
    this.#endPart()
    return this.#parts
  }

  #begin(): void {
    this.#part.truncate(0)
    this.#part.doubleAlways(1, this.#seconds)
  }

  #endService(): void {
    if (this.#name === undefined) return
    this.#part.bytesAlways(2, this.#service.finish())
    this.#service.truncate(0)
    this.#name = undefined
  }

  #endPart(): void {
    this.#endService()
    this.#parts.push(this.#part.finish())
    this.#begin()
  }
}

/** An entry of a part, whose fields are read by whoever knows them, before the next one is asked for. */
export interface PartEntry {
  readonly seconds: number
  readonly service: string
  readonly reader: WireReader
}

/** What the entries of a part are about. @throws WireError where it is none */
export function partSeconds(part: Uint8Array): number {
  const reader = new WireReader(part)
  if (!reader.more()) return 0
  const tag = reader.tag()
  if (tag >>> 3 !== 1) return 0
  expectWireType(tag, WireType.fixed64, reader)
  return reader.double()
}

/**
 * The entries of a part, all by one reader, which ends where the entry does: a million of them need no million readers.
 *
 * @throws WireError where it is none
 */
export function* readPart(part: Uint8Array): Generator<PartEntry> {
  const reader = new WireReader(part)
  let seconds = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) {
      expectWireType(tag, WireType.fixed64, reader)
      seconds = reader.double()
    } else if (tag >>> 3 === 2) {
      expectWireType(tag, WireType.bytes, reader)
      const { end } = reader
      reader.end = endOfMessage(reader)
      yield* readService(reader, seconds)
      leave(reader, end)
    } else reader.skip(tag)
  }
}

function* readService(reader: WireReader, seconds: number): Generator<PartEntry> {
  const { end } = reader
  let service = ''
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 > 2) {
      reader.skip(tag)
      continue
    }
    expectWireType(tag, WireType.bytes, reader)
    if (tag >>> 3 === 1) service = reader.string()
    else {
      reader.end = endOfMessage(reader)
      yield { seconds, service, reader }
      leave(reader, end)
    }
  }
}

/** Where the message ends whose length is next. */
function endOfMessage(reader: WireReader): number {
  const length = reader.length()
  return reader.position + length
}

/** Goes behind the message that the reader is in, read to its end or not. @param end of the one around it */
function leave(reader: WireReader, end: number): void {
  reader.position = reader.end
  reader.end = end
}
