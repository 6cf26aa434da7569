import t from 'tap'
import { placeInQuery } from '../../../src/cli/trace/place-in-query.ts'

t.test('placeInQuery() marks the column of the line that a message names', async (t) => {
  const says = (place: string) => `Cannot read query: ${place}: expected "}"`
  t.equal(placeInQuery(says('line 1, column 3'), '{ x'), '  { x\n    ^\n')
  t.equal(placeInQuery(says('line 2, column 5'), '{\n\t.a }'), '  \t.a }\n  \t   ^\n')
  t.equal(placeInQuery(says('line 1, column 6'), '{ x'), '  { x\n       ^\n', 'behind its end')
  t.equal(placeInQuery(says('line 1, column 3'), '\u{1f600} x'), '  \u{1f600} x\n    ^\n')
})

t.test('placeInQuery() is empty where there is no such place', async (t) => {
  t.equal(placeInQuery('trace not found', '{ x'), '')
  t.equal(placeInQuery('line 3, column 1', '{ x'), '')
  t.equal(placeInQuery('line 1, column 1', undefined), '')
})
