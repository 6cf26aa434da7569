import t from 'tap'
import { checkMillion } from '../fuzz/long-run.ts'
import { zipkinFormats, zipkinTarget } from '../fuzz/zipkin-target.ts'

for (const format of Object.keys(zipkinFormats) as (keyof typeof zipkinFormats)[]) {
  t.test(`Zipkin's ${format} takes or refuses a million changed bodies`, async (t) => {
    checkMillion(t, zipkinTarget(format))
  })
}
