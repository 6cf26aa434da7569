import t from 'tap'
import { columnsOf, cutToColumns, padToColumns } from '../../../src/cli/trace/text-columns.ts'

t.test('columnsOf() counts what a terminal shows', async (t) => {
  const texts: readonly (readonly [string, number])[] = [
    ['', 0],
    ['GET /cart', 9],
    ['grüße', 5],
    ['gru\u0308ße', 5],
    ['検索', 4],
    ['한글 ア', 7],
    ['（全角）', 8],
    ['✅ 🛒', 5],
    ['└─ …', 4],
  ]
  for (const [text, columns] of texts) t.equal(columnsOf(text), columns, text)
})

t.test('cutToColumns() keeps what fits, and never half of a character', async (t) => {
  t.equal(cutToColumns('GET /cart', 9), 'GET /cart')
  t.equal(cutToColumns('GET /cart', 8), 'GET /ca…')
  t.equal(cutToColumns('検索する', 8), '検索する')
  t.equal(cutToColumns('検索する', 7), '検索す…')
  t.equal(cutToColumns('検索する', 6), '検索…')
  t.equal(cutToColumns('🛒🛒', 3), '🛒…')
  t.equal(cutToColumns('🛒🛒', 2), '…')
  t.equal(cutToColumns('abc', 1), '…')
  t.equal(cutToColumns('abc', 0), '')
})

t.test('padToColumns() fills up with space', async (t) => {
  t.equal(padToColumns('検', 4), '検  ')
  t.equal(padToColumns('abc', 2), 'abc')
})
