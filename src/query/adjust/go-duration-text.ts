const units = [
  [1_000_000_000, 's'],
  [1_000_000, 'ms'],
  [1000, 'µs'],
] as const

/**
 * A duration in ns as Go writes it: `1.5ms`, `-20µs`, `1m0.5s`, `0s`.
 *
 * Source: Go, time.Duration.String.
 */
export function goDurationText(ns: number): string {
  const sign = ns < 0 ? '-' : ''
  const size = Math.abs(Math.round(ns))
  if (size === 0) return '0s'
  if (size >= secondNs * 60) return sign + minutesText(size)
  const [unitNs, unit] = units.find(([unitNs]) => size >= unitNs) ?? [1, 'ns']
  return `${sign}${decimalText(size, unitNs)}${unit}`
}

function minutesText(size: number): string {
  const minutes = Math.floor(size / (60 * secondNs))
  const hours = Math.floor(minutes / 60)
  const seconds = decimalText(size - minutes * 60 * secondNs, secondNs)
  return `${hours > 0 ? `${hours}h` : ''}${minutes % 60}m${seconds}s`
}

function decimalText(size: number, unitNs: number): string {
  const fraction = String(size % unitNs)
    .padStart(String(unitNs).length - 1, '0')
    .replace(/0+$/, '')
  return `${Math.floor(size / unitNs)}${fraction === '' ? '' : `.${fraction}`}`
}

const secondNs = 1_000_000_000
