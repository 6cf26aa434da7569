import { parseArgs } from 'node:util'

const everyMs = 50

/** What a client that asks a gateway what to sample is told by its flags. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      endpoint: { type: 'string', default: '127.0.0.1:5778' },
      report: { type: 'string' },
      service: { type: 'string', default: 'cart' },
      operations: { type: 'string', default: 'GET /cart' },
      'poll-ms': { type: 'string', default: '1000' },
      made: { type: 'string', default: '500' },
    },
  })
  return {
    /** `host:port` that is asked. */
    endpoint: values.endpoint,
    /** `host:port` that kept spans are sent to; undefined for nowhere. */
    report: values.report,
    service: values.service,
    pollMs: Number(values['poll-ms']),
    operations: values.operations.split(','),
    made: Number(values.made),
  }
}

/**
 * Makes a round of root spans about every 50 ms, and prints after each how many of them are kept, as
 * `{"made": 500, "kept": {"GET /cart": 250}}`. Ends the program with its input.
 *
 * @param isKept makes and ends a span of an operation
 */
export function runRounds({ operations, made }, isKept) {
  process.stdin.resume().on('end', () => process.exit(0))
  setInterval(() => {
    const kept = Object.fromEntries(operations.map((operation) => [operation, count(operation)]))
    console.log(JSON.stringify({ made, kept }))
  }, everyMs)

  function count(operation) {
    let kept = 0
    for (let span = 0; span < made; span++) if (isKept(operation)) kept += 1
    return kept
  }
}
