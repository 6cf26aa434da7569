/** What one look at the machine found. */
export interface Finding {
  /** What was looked at: `query.grpc.port`. */
  readonly name: string
  readonly isWell: boolean
  /** What it is; of a problem also what to do. */
  readonly state: string
}

/** One line for a person. */
export function findingLine({ name, isWell, state }: Finding): string {
  return `${isWell ? 'ok  ' : 'FAIL'}  ${name}: ${state}`
}
