import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** What tests read of the document. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

/** One endpoint in it. */
export interface Operation {
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: object
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

/** One parameter in it. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: true
  readonly schema: ParameterSchema
}

/** What a parameter's values are. */
export interface ParameterSchema {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly string[]
  readonly items?: ParameterSchema
}

/** A method and path that is documented. */
export interface DocumentedEndpoint {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

/** All endpoints of a document. */
export function endpointsOf(document: OpenApiDocument): DocumentedEndpoint[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )
}

/** Says what of an answer is not as documented; undefined when all is well. */
export type JudgeAnswer = (
  endpoint: DocumentedEndpoint,
  answer: { readonly status: number; readonly type: string; readonly text: string },
) => string | undefined

/** Holds answers to the schemas of a document. */
export function createJudge(document: OpenApiDocument): JudgeAnswer {
  const ajv = new Ajv2020({ strict: true })
  // The package is CommonJS, whose default export is the module itself for Node.
  ;(addFormats as unknown as (target: Ajv2020) => void)(ajv)
  ajv.addVocabulary(['components'])
  ajv.addSchema({ $id: 'document', components: document.components } as object, 'document')
  const compiled = new Map<object, ReturnType<Ajv2020['compile']>>()
  return ({ operation }, { status, type, text }) => {
    const response = operation.responses[String(status)]
    if (response === undefined) return `${status} is not documented`
    if (response.content === undefined) return text === '' ? undefined : 'it has a body'
    const [mediaType] = type.split(';')
    const schema = response.content[mediaType ?? '']?.schema
    if (schema === undefined) return `${type} is not documented`
    let validate = compiled.get(schema)
    if (validate === undefined) {
      validate = ajv.compile(absolute(schema) as object)
      compiled.set(schema, validate)
    }
    return validate(JSON.parse(text)) ? undefined : ajv.errorsText(validate.errors)
  }
}

/** References to the document's own components, for a schema that stands outside of it. */
function absolute(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'))
}
