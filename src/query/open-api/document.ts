import { STATUS_CODES } from 'node:http'
import type { Endpoint, ParameterDoc } from '../http/endpoint.ts'
import { prettyPrint } from '../http/router.ts'
import { boolean, named, text } from '../http/schema.ts'
import { schemas } from './schemas.ts'

/**
 * The OpenAPI document of these endpoints.
 *
 * Source: OpenAPI Specification 3.1.1.
 *
 * @param basePath in front of all paths
 */
export function openApiDocument(endpoints: readonly Endpoint[], basePath = ''): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const path = paths[endpoint.path] ?? {}
    paths[endpoint.path] = path
    path[endpoint.method.toLowerCase()] = operationOf(endpoint)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'spangate',
      version: '1',
      description:
        "Queries for traces: Jaeger's JSON API (/api/...) and jaeger.api_v3 (/api/v3/...), as of Jaeger 2.20, and what these have not (/api/spangate/...).",
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: { schemas },
  }
}

/** Statuses that every endpoint may answer. */
const commonFailures = [400, 500, 503]

function operationOf(endpoint: Endpoint): object {
  const { operationId, doc, requestBody, answer, failures, describe } = endpoint
  const failed = Object.hasOwn(JSON.parse(bodyOf(describe)), 'data') ? 'FailedEnvelope' : 'FailedV3'
  const statuses = [...new Set([...commonFailures, ...failures])].sort((a, b) => a - b)
  const responses: Record<string, object> = {
    200: { description: 'The answer.', content: { 'application/json': { schema: answer } } },
  }
  if (endpoint.method === 'GET') {
    responses['304'] = { description: 'What the client has (If-None-Match) is still so.' }
  }
  for (const status of statuses) {
    const description = `${STATUS_CODES[status]}.`
    responses[status] = { description, content: { 'text/plain': { schema: named(failed) } } }
  }
  return {
    operationId,
    description: doc,
    parameters: [...pathParameters(endpoint), ...endpoint.parameters, pretty].map(parameterOf),
    ...(requestBody && {
      requestBody: {
        description: requestBody.doc,
        required: true,
        content: { 'application/json': { schema: requestBody.schema } },
      },
    }),
    responses,
  }
}

/** What a failure of an endpoint looks like, to see whose it is. */
function bodyOf(describe: Endpoint['describe']): string {
  const failure = {
    status: 400,
    code: 3,
    message: '',
    retryAfterMs: undefined,
    headers: {},
    bug: false,
  }
  return String(describe(failure).body)
}

const pretty: ParameterDoc = {
  name: prettyPrint,
  schema: boolean,
  doc: 'Several lines, each level indented by four spaces.',
}

type PathParameter = ParameterDoc & { readonly isPath: true }

function pathParameters({ path, segmentDoc = '' }: Endpoint): PathParameter[] {
  const name = /\{(\w+)\}/.exec(path)?.[1]
  if (name === undefined) return []
  return [{ name, schema: text, doc: segmentDoc, required: true, isPath: true }]
}

function parameterOf(parameter: ParameterDoc | PathParameter): object {
  const { name, schema, doc, required, repeated } = parameter
  return {
    name,
    in: 'isPath' in parameter ? 'path' : 'query',
    description: doc,
    ...(required && { required }),
    schema: repeated ? { type: 'array', items: schema } : schema,
    ...(repeated && { style: 'form', explode: true }),
  }
}
