import type { Setting } from './setting.ts'
import { textOfValue } from './setting.ts'
import { environmentName, settings } from './settings.ts'

/** docs/settings.md, made from the table of settings. */
export function renderSettings(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const limits = limitsOf(setting)
    const text = textOfValue(setting, setting.default)
    return `| \`${name}\` | ${text === '' ? 'empty' : `\`${text}\``} | ${setting.doc}${limits} |`
  })
  return `${intro}\n| setting | default | what it does |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}

function limitsOf(setting: Setting): string {
  if (setting.choices !== undefined)
    return ` One of ${setting.choices.map((c) => `\`${c}\``).join(', ')}.`
  const parts: string[] = []
  if (setting.min !== undefined) parts.push(`at least ${textOfValue(setting, setting.min)}`)
  if (setting.max !== undefined) parts.push(`at most ${textOfValue(setting, setting.max)}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

const intro = `# Settings

<!-- Made by \`npm run docs\` from src/config/settings.ts; do not edit. -->

Each setting can be given in three places; a flag wins over the environment, which wins over the file:

- flag: \`--otlp.grpc.port 4317\`
- environment: \`${environmentName('otlp.grpc.port')}=4317\`
- YAML file, named by \`--config FILE\` or \`SPANGATE_CONFIG\`, one flat key a line: \`otlp.grpc.port: 4317\`

An unknown key or variable that begins with \`SPANGATE_\` is an error, but for those that Kubernetes sets for a
Service of such a name (\`SPANGATE_SERVICE_HOST\`, \`SPANGATE_PORT=tcp://…\`). Durations are written \`500ms\`, \`2s\`,
\`1m30s\`, \`72h\`, \`7d\`; sizes \`65536\`, \`512KiB\`, \`64MiB\`, \`2GiB\`. A wrong setting ends the program with exit code 2.
`
