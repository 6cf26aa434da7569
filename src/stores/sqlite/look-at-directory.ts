import { join } from 'node:path'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { lockDirectory } from './directory-lock.ts'
import { FileConnection } from './file-connection.ts'
import { inspectDirectory } from './prepare-directory.ts'
import { listFiles } from './store-files.ts'

/** What somebody may want to know before a store is opened. */
export interface DirectoryLook {
  /** Services with spans of a tenant, those that have expired included. */
  readonly serviceCount: number
  /** True where spans of format 0 are to be written anew. */
  readonly hasOldFile: boolean
  /** What is wrong with files, by name: they will be set aside. */
  readonly problems: ReadonlyMap<string, GatewayError>
}

/**
 * Looks at the directory of a store as opening it would, and changes no file: neither retention nor bounds
 * remove any.
 *
 * @throws GatewayError 'store_unusable' as opening it would
 */
export function lookAtDirectory(path: string, tenant: string): DirectoryLook {
  const lock = lockDirectory(path)
  try {
    const { hasOldFile, problems } = inspectDirectory(path)
    const services = new Set<string>()
    for (const { name } of listFiles(path)) {
      if (problems.has(name)) continue
      for (const service of servicesOf(join(path, name), tenant)) services.add(service)
    }
    services.delete('')
    return { serviceCount: services.size, hasOldFile, problems }
  } finally {
    lock.release()
  }
}

function servicesOf(path: string, tenant: string): readonly string[] {
  const connection = new FileConnection(path)
  try {
    return connection.services(tenant)
  } finally {
    connection.close()
  }
}
