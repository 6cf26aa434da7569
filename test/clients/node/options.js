import { parseArgs } from 'node:util'

/** The options that every sending program takes; test/clients/README.md. */
export function readOptions({ endpoint }) {
  const { values } = parseArgs({
    options: {
      endpoint: { type: 'string', default: endpoint },
      traces: { type: 'string', default: '1' },
      run: { type: 'string', default: 'run' },
      'start-ms': { type: 'string', default: String(Date.now() - 60_000) },
      protos: { type: 'string', default: '' },
      protocol: { type: 'string', default: 'grpc' },
      gzip: { type: 'boolean', default: false },
    },
  })
  return {
    endpoint: values.endpoint,
    traces: Number(values.traces),
    run: values.run,
    startMs: Number(values['start-ms']),
    protos: values.protos,
    protocol: values.protocol,
    gzip: values.gzip,
  }
}
