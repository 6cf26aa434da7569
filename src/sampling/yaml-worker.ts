import { parentPort, workerData } from 'node:worker_threads'
import { readParsed } from './read-strategies.ts'
import { parseYaml } from './strategies-text.ts'
import type { YamlAnswer, YamlRequest } from './yaml-thread.ts'

// What the thread for a long document of YAML runs; started by yaml-thread.ts. It reads one and ends.

const port = parentPort
if (port === null) throw new Error('This file is for a worker thread')
const { text, defaultProbability } = workerData as YamlRequest
const parsed = parseYaml(text)
const { strategies, problems, errors, warnings } = readParsed(parsed, defaultProbability)
const isUsed = strategies !== undefined && parsed.kind === 'value'
const json = isUsed ? new TextEncoder().encode(JSON.stringify(documentOf(parsed.value))) : undefined
const answer: YamlAnswer = { problems, errors, warnings, json }
port.postMessage(answer, json === undefined ? [] : [json.buffer])

/** What is read of a document without errors: members that are not known may have no JSON. */
function documentOf(value: unknown): unknown {
  if (!isObject(value)) return null
  const { default_strategy: byDefault, service_strategies: services } = value
  return {
    default_strategy: isObject(byDefault) ? strategyOf(byDefault) : undefined,
    service_strategies: Array.isArray(services) ? services.map(strategyOf) : undefined,
  }
}

function strategyOf(value: unknown): unknown {
  if (!isObject(value)) return undefined
  const { service, operation, type, param, operation_strategies: operations } = value
  return {
    service,
    operation,
    // Of any other kind it is as good as missing, and told in the problems.
    type: typeof type === 'string' ? type : undefined,
    param,
    operation_strategies: Array.isArray(operations) ? operations.map(strategyOf) : undefined,
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
