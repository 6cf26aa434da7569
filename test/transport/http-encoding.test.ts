import t from 'tap'
import { answerEncodingOf } from '../../src/transport/http-encoding.ts'

t.test('answerEncodingOf() takes what a client likes best', async (t) => {
  const cases: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate, zstd', undefined],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['gzip; q=0.2 , br ; q=0.1', 'gzip'],
    ['gzip;q=0', undefined],
    ['br;q=0, gzip;q=0, *', undefined],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['br;q=0, *', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0.5, gzip', 'gzip'],
    ['gzip;q=2, br;q=x', undefined],
  ]
  for (const [accepted, encoding] of cases)
    t.equal(answerEncodingOf(accepted), encoding, String(accepted))
})
