import t from 'tap'
import { byteSizeOfText, textOfByteSize } from '../../src/config/byte-size.ts'
import { durationMsOfText, textOfDurationMs } from '../../src/config/duration.ts'
import { namedDurationsOf } from '../../src/config/named-durations.ts'

const durations: readonly [string, number | undefined][] = [
  ['0', 0],
  ['500ms', 500],
  ['1m30s', 90_000],
  ['0.5s', 500],
  ['72h', 259_200_000],
  ['7d', 604_800_000],
  ['1d12h', 129_600_000],
  ['0.1ms', undefined],
  ['5', undefined],
  ['-1s', undefined],
  ['1s ', undefined],
  ['', undefined],
]
for (const [text, valueMs] of durations) {
  t.test(`durationMsOfText("${text}") is ${valueMs}`, async (t) => {
    t.equal(durationMsOfText(text), valueMs)
    if (valueMs !== undefined) t.equal(durationMsOfText(textOfDurationMs(valueMs)), valueMs)
  })
}

const sizes: readonly [string, number | undefined][] = [
  ['65536', 65_536],
  ['512KiB', 524_288],
  ['1.5GiB', 1_610_612_736],
  ['0', 0],
  ['0.3', undefined],
  ['64MB', undefined],
  ['-1', undefined],
  ['', undefined],
]
for (const [text, bytes] of sizes) {
  t.test(`byteSizeOfText("${text}") is ${bytes}`, async (t) => {
    t.equal(byteSizeOfText(text), bytes)
    if (bytes !== undefined) t.equal(byteSizeOfText(textOfByteSize(bytes)), bytes)
  })
}

const named: readonly [string, [string, number][] | undefined][] = [
  ['', []],
  ['blue:24h', [['blue', 86_400_000]]],
  [
    ' blue : 1h , a:b:30m,',
    [
      ['blue', 3_600_000],
      ['a:b', 1_800_000],
    ],
  ],
  ['blue', undefined],
  [':1h', undefined],
  ['blue:', undefined],
  ['blue:1', undefined],
  ['blue:1h,blue:2h', undefined],
]
for (const [text, durationsMs] of named) {
  t.test(`namedDurationsOf("${text}")`, async (t) => {
    const found = namedDurationsOf(text)
    t.same(found && [...found], durationsMs)
  })
}
