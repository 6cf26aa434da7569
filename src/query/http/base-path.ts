import { GatewayError } from '../../errors/gateway-error.ts'

/**
 * The path in front of all others as `query.http.base-path` has it, with a slash before it and none
 * behind; '' for none.
 *
 * @throws GatewayError 'bad_settings' for what is no path
 */
export function basePathOf(text: string): string {
  const path = text.replaceAll(/^\/+|\/+$/g, '')
  if (/^[\w.~%/-]*$/.test(path) && !path.includes('//')) return path === '' ? '' : `/${path}`
  throw new GatewayError(
    'bad_settings',
    `Cannot use query.http.base-path: must be a path such as /jaeger, is ${JSON.stringify(text)}`,
  )
}

/**
 * A path as the API knows it: without the one in front, where that is there. Several slashes are one, as
 * with Go's router, for clients put `/api` behind addresses that end with a slash.
 */
export function pathBehind(basePath: string, path: string): string {
  const plain = path.replaceAll(/\/{2,}/g, '/')
  return plain.startsWith(`${basePath}/`) ? plain.slice(basePath.length) : plain
}
