import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compileText } from '../../src/search/text/compile-query.ts'
import { projectRoot } from '../project-root.ts'
import { traceqlTexts } from './traceql/texts.ts'

/**
 * What the parser of Grafana Tempo says of the same texts; its version is in the name of the file. To
 * make it anew, write `traceqlTexts()` one JSON string a line, ask test/golden/traceql/generate, and
 * put each verdict up to its colon before its text.
 */
const file = join(projectRoot, 'test/golden/traceql/verdicts.tempo-3.0.3.json')
const verdicts = JSON.parse(readFileSync(file, 'utf8')) as readonly [
  verdict: 'good' | 'no query' | 'not valid',
  text: string,
][]

/** Taken here, refused there: a pipeline in brackets among other spansets, and a number that is a sum. */
const takenHere = /\(.*(?:[^|]\|[^|]|count\(\)).*\)|count\(\) = 1 \+ 1/

/** Taken there, refused here as a mistake. */
const refusedHere = ['{ ."" = 1 }', '{ .a = -minInt }', '{ 1 / 0 = 1 }']

t.test('the vectors hold the texts of today', async (t) => {
  t.same(new Set(verdicts.map(([, text]) => text)), new Set(traceqlTexts()))
})

t.test('compileText() takes what Tempo takes, or says what is not supported', async (t) => {
  const seen = { taken: 0, unsupported: 0, refused: 0 }
  for (const [verdict, text] of verdicts) {
    const answer = answerOf(text)
    if (verdict !== 'good') {
      if (answer === undefined) t.match(text, takenHere, 'refused by Tempo')
      seen.refused += 1
    } else if (refusedHere.includes(text)) t.match(answer, /^Cannot read query: line/)
    else if (answer === undefined) seen.taken += 1
    else {
      t.match(answer, /^Cannot read query: line \d+, column \d+: .* is not supported/, text)
      seen.unsupported += 1
    }
  }
  t.ok(seen.taken > 200 && seen.unsupported > 20 && seen.refused > 300, JSON.stringify(seen))
})

/** Undefined when the text is taken. */
function answerOf(text: string): string | undefined {
  try {
    compileText(text)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
