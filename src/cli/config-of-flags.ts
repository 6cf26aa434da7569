import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Option } from 'commander'
import { configFileVariable, loadConfig } from '../config/load-config.ts'
import { textOfValue } from '../config/setting.ts'
import type { Config } from '../config/settings.ts'
import { environmentName, settings } from '../config/settings.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { ProgramContext } from './program-context.ts'

/** Gives a command a flag for each setting. @param isHidden leaves them out of its help */
export function addSettings(command: Command, isHidden = false): void {
  const file = new Option('--config <file>', `YAML file with settings (or ${configFileVariable})`)
  command.addOption(file.hideHelp(isHidden))
  for (const [name, setting] of Object.entries(settings)) {
    const shown = `${setting.doc} [${textOfValue(setting, setting.default)}; ${environmentName(name)}]`
    const option = new Option(`--${name} <value>`, shown)
    // Names with dots stay as they are instead of becoming camelCase properties.
    option.attributeName = () => name
    command.addOption(option.hideHelp(isHidden))
  }
}

/**
 * The settings from flags, the environment and the file.
 *
 * @throws GatewayError 'bad_settings' with a line for each problem
 */
export function configOf(flags: Readonly<Record<string, string>>, context: ProgramContext): Config {
  const { config: fileFlag, ...rest } = flags
  const fileName = fileFlag ?? context.environment[configFileVariable]
  const loaded = loadConfig({
    flags: new Map(Object.entries(rest)),
    environment: context.environment,
    file: fileName === undefined ? undefined : { name: fileName, text: readFile(fileName) },
  })
  if (loaded.kind === 'config') return loaded.config
  throw new GatewayError('bad_settings', loaded.problems.join('\nspangate: '))
}

function readFile(name: string): string {
  try {
    return readFileSync(name, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('bad_settings', `Cannot read settings: ${why}`, { cause })
  }
}
