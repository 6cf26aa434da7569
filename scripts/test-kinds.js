/**
 * The kinds of tests. A test is of the kind that names a folder on its path or ends its file name:
 * `test/fuzz/otlp.test.ts` and `test/bridge/otlp/decode-span-fuzz.test.ts` are both `fuzz`.
 * What is of no named kind is `unit`.
 */
export const namedKinds = ['proto', 'conformance', 'golden', 'fuzz', 'clients', 'e2e', 'long']

/** Stores fill a port: their tests are the port's conformance suite. */
const conformanceFolders = ['stores']

/**
 * @param {string} path of a test file, with forward slashes
 * @returns {string} its kind
 */
export function kindOf(path) {
  const folders = path.split('/').slice(0, -1)
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.test\.[jt]s$/, '')
  // `long` wins over every other, as these tests run for minutes or hours.
  if (folders.includes('long')) return 'long'
  const named = namedKinds.find((kind) => folders.includes(kind) || endsWithWord(name, kind))
  if (named !== undefined) return named
  return conformanceFolders.some((folder) => folders.includes(folder)) ? 'conformance' : 'unit'
}

/**
 * @param {string} name
 * @param {string} word
 */
function endsWithWord(name, word) {
  return name === word || name.endsWith(`-${word}`) || name.endsWith(`.${word}`)
}
