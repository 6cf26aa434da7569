import { isIPv4, isIPv6 } from './ip-text.ts'
import type { ZipkinEndpoint } from './zipkin-span.ts'

/** Tags that say something of an endpoint, and leave the tags once it says it. */
interface EndpointTags {
  readonly services: readonly string[]
  readonly address: string
  readonly port: string
}

const localTags: EndpointTags = {
  services: [],
  address: 'network.local.address',
  port: 'net.host.port',
}

const remoteTags: EndpointTags = {
  services: ['service.peer.name', 'peer.service'],
  address: 'network.peer.address',
  port: 'net.peer.port',
}

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
  { address, port }: EndpointTags,
  serviceName: string,
): ZipkinEndpoint | undefined {
  const ip = tags.get(address) ?? ''
  const places = isIPv4(ip) ? { ipv4: ip } : isIPv6(ip) ? { ipv6: ip } : undefined
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
