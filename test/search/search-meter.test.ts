import t from 'tap'
import { SearchMeter } from '../../src/search/search-meter.ts'

t.test('SearchMeter names the bound that is passed', async (t) => {
  let now = 1000
  const meter = new SearchMeter({ timeMaxMs: 50, spansMax: 10 }, () => now)
  meter.add(10)
  t.equal(meter.hit(), undefined)
  now += 50
  t.equal(meter.hit(), undefined)
  now += 1
  t.same(meter.hit(), { setting: 'search.max-time', limit: 50 })
  meter.add(1)
  t.same(meter.hit(), { setting: 'search.max-spans', limit: 10 })
})
