import { adaptiveParameters } from '../../src/adaptive-parameters.ts'
import type { Config } from '../../src/config/settings.ts'
import { settings } from '../../src/config/settings.ts'

/** What the gateway adapts shares with when nobody has changed a setting. */
export function defaultParameters(): ReturnType<typeof adaptiveParameters> {
  const defaults = Object.entries(settings).map(([name, setting]) => [name, setting.default])
  return adaptiveParameters(Object.fromEntries(defaults) as Config)
}
