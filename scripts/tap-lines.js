/**
 * Makes a log of raw TAP: one line for each test file, what failed in those that fail, and each
 * skip with its reason. Keeps the totals.
 */
export class TapLines {
  /** @type {string[]} */
  #body = []
  #rest = ''
  #inDiagnostic = false
  /** @type {(line: string) => void} */
  #print

  /**
   * tap's own totals; undefined until the run has come to its end.
   *
   * @type {Totals | undefined}
   */
  totals = undefined

  /** @param {(line: string) => void} print */
  constructor(print) {
    this.#print = print
  }

  /** @param {string} chunk */
  write(chunk) {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
  }

  end() {
    if (this.#rest !== '') this.#line(this.#rest)
    // What follows the last file is tap's own summary, unless the run broke off.
    if (this.totals === undefined) for (const text of this.#body) this.#print(text)
  }

  /** @param {string} line */
  #line(line) {
    this.totals = totalsOf(line) ?? this.totals
    const point = /^(not )?ok \d+ - (.*?)( # time=([\d.]+)ms)?$/.exec(line)
    if (point !== null) this.#point(point[1] !== undefined, point[2] ?? '', point[4])
    else if (this.#inDiagnostic || (line === '  ---' && this.#body.length === 0)) {
      // The diagnostic of a file that failed stands below its line: a time limit, an exit code.
      this.#inDiagnostic = line !== '  ...'
      this.#print(line)
    } else this.#body.push(line)
  }

  /**
   * @param {boolean} failed
   * @param {string} name
   * @param {string | undefined} ms
   */
  #point(failed, name, ms) {
    const body = this.#body
    this.#body = []
    const seconds = ms === undefined ? '' : ` (${(Number(ms) / 1000).toFixed(1)} s)`
    this.#print(`${failed ? 'FAIL' : 'ok  '} ${name}${seconds}`)
    for (const text of body) {
      const skip = /^\s*ok \d+ - (.*?) # (SKIP|TODO) ?(.*)$/i.exec(text)
      if (skip) this.#print(`  skipped: ${skip[1]}${skip[3] ? `: ${skip[3]}` : ''}`)
      else if (failed && !/^\s*(ok \d|1\.\.\d|# time=|$)/.test(text)) this.#print(text)
    }
  }
}

/**
 * @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Totals
 */

/**
 * tap's own totals from the comment that ends its output.
 *
 * @param {string} tap
 * @returns {Totals | undefined} undefined when there is none, as the run broke off
 */
export function totalsOf(tap) {
  const found = tap.match(/^# \{ total: \d+.*\}$/gm)?.at(-1)
  if (found === undefined) return undefined
  /** @param {string} name */
  function count(name) {
    return Number(new RegExp(`\\b${name}: (\\d+)`).exec(found ?? '')?.[1] ?? 0)
  }
  return { passed: count('pass'), failed: count('fail'), skipped: count('skip') + count('todo') }
}
