import type { Logger } from 'pino'
import { loadConfig } from './config/load-config.ts'
import type { Config } from './config/settings.ts'
import { GatewayError } from './errors/gateway-error.ts'
import type { Gateway } from './gateway.ts'
import { startGateway } from './gateway.ts'
import { createLogger, logDestination } from './telemetry/logger.ts'
import { programVersion } from './version.ts'

/** How a gateway in a program of somebody else is started. */
export interface EmbeddedGatewayOptions {
  /** By their names in docs/settings.md; neither the environment nor a file is read. */
  readonly settings?: Readonly<Partial<Record<keyof Config, string | number>>>
  /** Without one, warnings and errors go to stderr as JSON. */
  readonly logger?: Logger
}

/**
 * Starts a gateway in this process, with all its ports; resolves when they take connections. Spans of the
 * process itself need none of them: `createSpanExporter({ gateway })` of `spangate/client`.
 *
 * @throws GatewayError for whatever a person can mend: settings, addresses, the store
 */
export function startEmbeddedGateway({
  settings = {},
  logger = createLogger({ level: 'warn', destination: logDestination(2) }),
}: EmbeddedGatewayOptions = {}): Promise<Gateway> {
  const given = Object.entries(settings).map(([name, value]) => [name, String(value)] as const)
  const loaded = loadConfig({ flags: new Map(given), environment: {}, file: undefined })
  if (loaded.kind === 'problems') {
    return Promise.reject(new GatewayError('bad_settings', loaded.problems.join('\n')))
  }
  return startGateway({ config: loaded.config, logger, version: programVersion() })
}
