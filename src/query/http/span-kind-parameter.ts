import type { ParameterDoc } from './endpoint.ts'

/** Documents a parameter that `findOperations` reads. */
export function spanKindParameter(name: string): ParameterDoc {
  return {
    name,
    schema: { type: 'string', enum: ['client', 'server', 'producer', 'consumer', 'internal'] },
    doc: 'Only operations of this kind.',
  }
}
