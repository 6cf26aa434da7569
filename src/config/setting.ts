import { z } from 'zod'
import { byteSizeOfText, textOfByteSize } from './byte-size.ts'
import { durationMsOfText, textOfDurationMs } from './duration.ts'
import { namedDurationsOf } from './named-durations.ts'

/** One setting: its type decides how text is read, checked and shown. */
export interface Setting {
  readonly type: SettingType
  readonly default: string | number
  /** One or two sentences for `--help` and docs/settings.md. */
  readonly doc: string
  readonly min?: number
  readonly max?: number
  /** For `choice`. */
  readonly choices?: readonly string[]
}

/** Closed list of setting types; `schemaOf` in this file says what each accepts. */
export type SettingType =
  | 'string'
  | 'list'
  | 'choice'
  | 'integer'
  | 'fraction'
  | 'number'
  | 'port'
  | 'durationMs'
  | 'namedDurations'
  | 'sizeBytes'

/** A default or current value as people write it: `64MiB`, `72h`. */
export function textOfValue(setting: Setting, value: string | number): string {
  if (typeof value === 'string') return value
  if (setting.type === 'durationMs' || setting.type === 'namedDurations') {
    return textOfDurationMs(value)
  }
  return setting.type === 'sizeBytes' ? textOfByteSize(value) : String(value)
}

/** Checks one value that came as text or as a YAML scalar. */
export function schemaOf(setting: Setting): z.ZodType<string | number> {
  switch (setting.type) {
    case 'string':
      return z.string().min(1, 'must not be empty')
    case 'list':
      return z.string()
    case 'choice': {
      const { choices = [] } = setting
      return z.enum(choices, { error: `must be one of ${choices.join(', ')}` })
    }
    case 'port':
      return bounded(wholeNumber, { ...setting, min: 0, max: 65_535 })
    case 'fraction':
      return bounded(decimal, { ...setting, min: 0, max: 1 })
    case 'number':
      return bounded(decimal, setting)
    case 'integer':
      return bounded(wholeNumber, setting)
    case 'durationMs':
      return bounded(
        parsed(durationMsOfText, 'must be a duration such as 500ms, 2s, 1m30s or 7d'),
        setting,
      )
    case 'namedDurations':
      return namedDurations(setting)
    case 'sizeBytes':
      return bounded(
        parsed(byteSizeOfText, 'must be a size such as 65536, 512KiB, 64MiB or 2GiB'),
        setting,
      )
  }
}

const wholeNumber = parsed((text) => {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
}, 'must be a whole number')

const decimal = parsed((text) => {
  return /^(\d+(\.\d+)?|\.\d+)(e-?\d{1,3})?$/i.test(text) ? Number(text) : undefined
}, 'must be a number')

/** Text, or a number as YAML has it, through a parser. */
function parsed(parse: (text: string) => number | undefined, message: string): z.ZodType<number> {
  return z.union([z.string(), z.number()]).transform((input, context) => {
    const value = parse(String(input).trim())
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

/** `min` is that of each. */
function namedDurations({ min = 0 }: Setting): z.ZodType<string> {
  return z.string().superRefine((text, context) => {
    const durations = namedDurationsOf(text)
    const fail = (message: string): void => context.addIssue({ code: 'custom', message })
    if (durations === undefined) {
      fail('must be names, each once and with a duration, such as blue:24h,green:720h')
    } else if ([...durations.values()].some((durationMs) => durationMs < min)) {
      fail(`each duration must be at least ${textOfDurationMs(min)}`)
    }
  })
}

function bounded(schema: z.ZodType<number>, setting: Setting): z.ZodType<number> {
  return schema.superRefine((value, context) => {
    const { min, max } = setting
    if (min !== undefined && value < min) {
      context.addIssue({ code: 'custom', message: `must be at least ${textOfValue(setting, min)}` })
    } else if (max !== undefined && value > max) {
      context.addIssue({ code: 'custom', message: `must be at most ${textOfValue(setting, max)}` })
    }
  })
}
