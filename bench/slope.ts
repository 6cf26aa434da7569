/**
 * The slope of a straight line through samples that are `stepSeconds` apart, by least squares, per
 * second.
 */
export function slopePerSecond(samples: readonly number[], stepSeconds: number): number {
  const middle = (samples.length - 1) / 2
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  let above = 0
  let below = 0
  for (const [index, sample] of samples.entries()) {
    above += (index - middle) * (sample - mean)
    below += (index - middle) ** 2
  }
  return below === 0 ? 0 : above / below / stepSeconds
}
