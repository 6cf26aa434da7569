import { tracesPerSecondMax } from './strategy.ts'

/** A strategy that can be read and makes no sense. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError'

  /**
   * @param field as the wire names it
   * @param state what it is and what it must be
   */
  constructor(field: string, state: string) {
    super(`Cannot use strategy: ${field} ${state}`)
  }
}

/** @throws StrategyError unless it is 0 to 1 */
export function checkProbability(field: string, value: number): number {
  if (value >= 0 && value <= 1) return value
  throw new StrategyError(field, `is ${value}, must be 0 to 1`)
}

/** @throws StrategyError unless it is a finite number from 0 on */
export function checkBound(field: string, value: number): number {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value
  throw new StrategyError(field, `is ${value}, must be 0 or more`)
}

/** @throws StrategyError unless it is a whole number from 0 to 2^31 - 1 */
export function checkTraces(field: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= tracesPerSecondMax) return value
  throw new StrategyError(field, `is ${value}, must be a whole number from 0 to 2147483647`)
}
