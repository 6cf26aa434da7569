import t from 'tap'
import { believedArrivalUnixMs } from '../../../src/stores/sqlite/believed-arrival.ts'

const hourMs = 3_600_000
const graceMs = 24 * hourMs

/** The believed arrival in hours; the newest is half an hour into the last hour. */
function believed(hours: readonly number[], newest = (hours.at(-1) ?? 0) + 0.5): number {
  return believedArrivalUnixMs({ hours, newestUnixMs: newest * hourMs, graceMs }) / hourMs
}

/** Hours from one to another, both of them. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}

t.test('hours without a gap are believed', async (t) => {
  t.equal(believed([1000]), 1000.5)
  t.equal(believed([1000, 1000, 1001, 1001]), 1001.5, 'an hour may have several files')
  t.equal(believed(range(1000, 1072)), 1072.5)
})

t.test('what came after a gap is believed once it lasted for the grace', async (t) => {
  t.equal(believed([1000, 1001, 1240]), 1002, 'to the end of the hour before the gap')
  t.equal(believed([1000, 1001, ...range(1240, 1250)]), 1002)
  t.equal(believed([1000, 1001, ...range(1240, 1263)]), 1002, 'after 23 hours and a half')
  t.equal(believed([1000, 1001, ...range(1240, 1264)]), 1264.5)
})

t.test('a night without spans counts until the day has lasted', async (t) => {
  t.equal(believed([...range(1000, 1010), ...range(1024, 1034)]), 1011)
  t.equal(believed([...range(1000, 1010), ...range(1024, 1034), 1048]), 1035)
})

t.test('several hours under one wrong clock are none of them believed', async (t) => {
  t.equal(believed([1000, 1001, 1240, 1244]), 1002)
  t.equal(believed([1000, 1001, 1240, 1244, 1250, 1263]), 1002)
  t.equal(believed([1000, 1001, 1240, 1244, 1250, 1264]), 1241, 'the first has lasted')
})

t.test('a clock that was wrong twice by different days is believed for none of them', async (t) => {
  t.equal(believed([1000, 1001, 1240, 1480]), 1002)
  t.equal(believed([1000, 1001, 1240, 1241, ...range(1480, 1490)]), 1002)
  t.equal(believed([1000, 1001, 1240, 1480, 1990]), 1002)
  t.equal(believed([1000, 1001, ...range(1240, 1264), 1480]), 1265, 'the first has lasted')
  t.equal(believed([1000, 1001, ...range(1240, 1264), 1480, 1990]), 1265)
  t.equal(believed([1000, 1240, ...range(1480, 1503)]), 1001)
  t.equal(believed([1000, 1030, 1060, 1090]), 1001, 'nor is one that was on now and then')
})

t.test('files behind the newest arrival do not count', async (t) => {
  t.equal(believed([1000, 1001, 1240], 1001.5), 1001.5)
})
