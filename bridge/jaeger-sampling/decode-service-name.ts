import { expectWireType, WireReader, WireType } from '../wire/reader.ts'

/**
 * The service of a jaeger.api_v2.SamplingStrategyParameters, of which it is the only field: 1 serviceName.
 * Empty where it is absent.
 *
 * @throws WireError
 */
export function decodeServiceName(bytes: Uint8Array): string {
  const reader = new WireReader(bytes)
  let name = ''
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 !== 1) {
      reader.skip(tag)
      continue
    }
    expectWireType(tag, WireType.bytes, reader)
    name = reader.string()
  }
  return name
}
