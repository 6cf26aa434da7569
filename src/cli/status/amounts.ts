const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes for people, three digits that matter: `1.21 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`
}

/** A number of things, with its thousands apart: `5,012,331`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** Things a second, three digits that matter; empty for none. */
export function rateText(perSecond: number): string {
  if (perSecond === 0) return ''
  return perSecond >= 100 ? countText(perSecond) : String(Number(perSecond.toPrecision(3)))
}

/** Seconds for people, by the two largest units: `3 h 12 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  const whole = Math.floor(seconds)
  const [days, hours, minutes] = [whole / 86_400, (whole / 3600) % 24, (whole / 60) % 60]
  if (days >= 3) return twoUnits(days, 'd', hours, 'h')
  if (whole >= 3600) return twoUnits(whole / 3600, 'h', minutes, 'min')
  return minutes >= 1 ? twoUnits(minutes, 'min', whole % 60, 's') : `${whole} s`
}

function twoUnits(large: number, unit: string, small: number, smallUnit: string): string {
  const rest = Math.floor(small)
  return `${Math.floor(large)} ${unit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`
}

/** A part of a whole: ` (12 %)`; empty where there is no whole. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? ` (${Math.round((part / whole) * 100)} %)` : ''
}
