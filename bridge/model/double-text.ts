/**
 * A double like Go's `strconv.FormatFloat(value, 'g', 10, 64)`: ten significant digits, trailing
 * zeros cut, an exponent of at least two digits below 1e-4 and from 1e+10 on.
 *
 * Source: Jaeger, internal/storage tag encoding (a tag as string, for search and index).
 */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size === Number.POSITIVE_INFINITY) return sign === '' ? '+Inf' : '-Inf'
  if (size === 0) return `${sign}0`
  if (size < wholeMax && Number.isInteger(size)) return `${sign}${size}`
  const [mantissa = '', exponentText = ''] = roundHalfEven(size).split('e')
  const exponent = Number(exponentText)
  const digits = mantissa.replace('.', '').replace(/0+$/, '')
  if (exponent < -4 || exponent >= significantDigits) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const power = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

const significantDigits = 10
/** Whole numbers below it have no more digits than are shown. */
const wholeMax = 1e10

/**
 * Ten digits with an exponent. JavaScript rounds an exact half up, Go to the even digit, so a half
 * is looked for in the longer expansion, which is slow. Only a number of exactly eleven digits of
 * which the last is a 5 can be such a half, so nearly all are done without it.
 */
function roundHalfEven(size: number): string {
  const rounded = size.toExponential(significantDigits - 1)
  const eleven = size.toExponential(significantDigits)
  if (eleven[significantDigits + 1] !== '5' || Number(eleven) !== size) return rounded
  const long = size.toExponential(60)
  const rest = long.slice(significantDigits + 1, long.indexOf('e'))
  if (!/^50*$/.test(rest)) return rounded
  const even = Number(long[significantDigits]) % 2 === 0
  return even ? long.slice(0, significantDigits + 1) + long.slice(long.indexOf('e')) : rounded
}
