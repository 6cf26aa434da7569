import { GatewayError } from '../../errors/gateway-error.ts'
import type { Fail } from '../address-parameters.ts'
import { readParameters } from '../address-parameters.ts'

/** Files in PEM; left out, the system's authorities and no certificate of our own. */
export interface RemoteTls {
  readonly ca: string | undefined
  readonly certificate: string | undefined
  readonly key: string | undefined
  /** The name in the remote's certificate, where it is not the host. */
  readonly serverName: string | undefined
}

/** What a `grpc://` or `grpcs://` address says. */
export interface RemoteAddress {
  /** `host:port`, as grpc-js and people write it. */
  readonly target: string
  readonly tls: RemoteTls | undefined
  /** Sent with each call, where the remote has several tenants. */
  readonly tenant: { readonly header: string; readonly name: string } | undefined
}

/** What begins the address of a remote storage, without encryption and with it. */
const remoteSchemes = ['grpc://', 'grpcs://'] as const

/** The form of an address, for messages. */
export const remoteForm = 'grpc://host[:port][?name=value…]'

const portDefault = 17_271
const tenantHeaderDefault = 'x-tenant'

/** True for an address of a remote storage. */
export function isRemoteAddress(address: string): boolean {
  return remoteSchemes.some((scheme) => address.startsWith(scheme))
}

/**
 * Reads `grpc://host:17271?tenant=shop`, or `grpcs://…` for TLS. Values are percent-encoded, as in any URL.
 *
 * | parameter | what | default |
 * | --- | --- | --- |
 * | tenant | a name that goes with each call | none |
 * | tenant-header | the metadata it goes in | x-tenant, as Jaeger has it |
 * | ca, cert, key | files in PEM; `grpcs://` alone | the system's authorities |
 * | server-name | the name in the certificate; `grpcs://` alone | the host |
 *
 * @throws GatewayError 'bad_settings' that names the part at fault
 */
export function parseRemoteAddress(address: string): RemoteAddress {
  const fail = (state: string): never => {
    throw new GatewayError(
      'bad_settings',
      `Cannot use store "${address}": ${state}; the form is ${remoteForm}`,
    )
  }
  const [, scheme = '', authority = '', query = ''] =
    /^(grpcs?):\/\/([^/?#]*)\/?(?:\?([^#]*))?$/.exec(address) ??
    fail('it has a path or a "#", or is not of the form')
  const parameters = readParameters(query, parameterNames, fail)
  return {
    target: readTarget(authority, fail),
    tls: readTls(scheme === 'grpcs', parameters, fail),
    tenant: readTenant(parameters, fail),
  }
}

const tlsNames = ['ca', 'cert', 'key', 'server-name'] as const
const parameterNames = ['tenant', 'tenant-header', ...tlsNames] as const
type Parameters = ReadonlyMap<(typeof parameterNames)[number], string>

function readTarget(authority: string, fail: Fail): string {
  if (authority.includes('@')) fail('it has a user, and there is no password to send')
  const [, bracketed, plain, digits] =
    /^(?:\[([\da-fA-F:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(authority) ??
    fail(authority === '' ? 'it names no host' : `its host "${authority}" is none`)
  const port = digits === undefined ? portDefault : Number(digits)
  if (port < 1 || port > 65_535) fail(`the port of its host "${authority}" must be 1 to 65535`)
  return `${bracketed === undefined ? plain : `[${bracketed}]`}:${port}`
}

function readTls(isEncrypted: boolean, parameters: Parameters, fail: Fail): RemoteTls | undefined {
  if (!isEncrypted) {
    const name = tlsNames.find((one) => parameters.has(one))
    return name === undefined ? undefined : fail(`its ${name} is for TLS, which is grpcs://`)
  }
  const [certificate, key] = [parameters.get('cert'), parameters.get('key')]
  if ((certificate === undefined) !== (key === undefined)) {
    fail('its cert and key go together, and one is missing')
  }
  return { ca: parameters.get('ca'), certificate, key, serverName: parameters.get('server-name') }
}

function readTenant(parameters: Parameters, fail: Fail): RemoteAddress['tenant'] {
  const name = parameters.get('tenant')
  const header = parameters.get('tenant-header')
  if (name === undefined) return header === undefined ? undefined : fail('it names no tenant')
  // gRPC, HTTP/2 transport: ASCII values are printable, names lower case, and those in -bin are binary.
  if (!/^[\x20-\x7e]+$/.test(name)) fail(`its tenant "${name}" must be printable ASCII`)
  if (header === undefined) return { header: tenantHeaderDefault, name }
  const isHeader = /^[0-9a-z_.-]+$/.test(header) && !/^grpc-|-bin$/.test(header)
  if (!isHeader) fail(`its tenant-header "${header}" must be of a-z, 0-9, "_", "." and "-"`)
  return { header, name }
}
