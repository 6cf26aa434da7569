import { ipv6Text } from './ip-bytes.ts'
import { bytesOfIPv6, isIPv4, isIPv6 } from './ip-text.ts'
import { AttributeName } from './tag-names.ts'
import type { ZipkinEndpoint } from './zipkin-span.ts'

/** Tags that say something of an endpoint, and leave the tags once it says it. */
interface EndpointTags {
  readonly services: readonly string[]
  readonly address: string
  /** Of an endpoint that has an IPv6 address as well. */
  readonly ipv4: string
  readonly port: string
}

const localTags: EndpointTags = {
  services: [],
  address: AttributeName.localAddress,
  ipv4: AttributeName.localIpv4,
  port: AttributeName.localPort,
}

const remoteTags: EndpointTags = {
  services: [AttributeName.remoteService, 'peer.service'],
  address: AttributeName.remoteAddress,
  ipv4: AttributeName.remoteIpv4,
  port: AttributeName.remotePort,
}

/** Keys of all tags that may be taken. */
export const endpointKeys: readonly string[] = [localTags, remoteTags].flatMap((tags) => [
  ...tags.services,
  ...[tags.address, tags.ipv4, tags.port],
])

/**
 * Takes out of the tags what Zipkin has an endpoint for. What an endpoint cannot hold stays a tag:
 * an address that is no IP address, a port without anybody who has it, and any but 1 to 65,535.
 *
 * Source: opentelemetry-collector-contrib v0.155.0, pkg/translator/zipkin/zipkinv2.
 */
export function takeLocalEndpoint(tags: Map<string, string>, serviceName: string): ZipkinEndpoint {
  return take(tags, localTags, serviceName) ?? {}
}

/** The same of whom a span called, or was called by; undefined where nothing is known. */
export function takeRemoteEndpoint(tags: Map<string, string>): ZipkinEndpoint | undefined {
  const key = remoteTags.services.find((one) => tags.has(one))
  const serviceName = key === undefined ? '' : (tags.get(key) ?? '')
  if (key !== undefined && serviceName !== '') tags.delete(key)
  return take(tags, remoteTags, serviceName)
}

function take(
  tags: Map<string, string>,
  { address, ipv4, port }: EndpointTags,
  serviceName: string,
): ZipkinEndpoint | undefined {
  const ip = plainAddress(tags.get(address) ?? '')
  const places = isIPv4(ip) ? { ipv4: ip } : isIPv6(ip) ? bothOf(tags, ip, ipv4) : undefined
  if (serviceName === '' && places === undefined) return undefined
  if (places !== undefined) tags.delete(address)
  const portText = tags.get(port) ?? ''
  const number = /^[1-9]\d{0,4}$/.test(portText) ? Number(portText) : 0
  const hasPort = number > 0 && number <= 65_535
  if (hasPort) tags.delete(port)
  return {
    ...(serviceName === '' ? {} : { serviceName }),
    ...places,
    ...(hasPort ? { port: number } : {}),
  }
}

/** As every reader of its bytes writes it: in lower case, short, and one that stands for an IPv4 address as that. */
function plainAddress(text: string): string {
  return isIPv6(text) ? ipv6Text(bytesOfIPv6(text), 0) : text
}

/** The decoders put the second address of an endpoint there. */
function bothOf(tags: Map<string, string>, ipv6: string, key: string): ZipkinEndpoint {
  const ipv4 = tags.get(key) ?? ''
  if (!isIPv4(ipv4)) return { ipv6 }
  tags.delete(key)
  return { ipv4, ipv6 }
}
