import type { Config } from '../../config/settings.ts'
import { findingLine } from './finding.ts'
import { lookAtClock, lookAtVersions, readClock } from './look-at-machine.ts'
import { lookAtPorts } from './look-at-ports.ts'
import { lookAtStore } from './look-at-store.ts'

/**
 * Looks at what the gateway would need if it was started with these settings, a line for each: versions,
 * clock, store, ports. Changes nothing.
 *
 * @returns whether all is well
 */
export async function doctor(
  config: Config,
  version: string,
  line: (text: string) => void,
): Promise<boolean> {
  const findings = [
    lookAtVersions(version, process.versions.node),
    lookAtClock(readClock()),
    await lookAtStore(config),
    ...(await lookAtPorts(config)),
  ]
  for (const finding of findings) line(findingLine(finding))
  const problems = findings.filter(({ isWell }) => !isWell).length
  line(problems === 0 ? 'all is well' : `${problems} of ${findings.length} need attention`)
  return problems === 0
}
