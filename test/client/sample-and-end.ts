import { createRemoteSampler } from '../../src/client/remote-sampler.ts'

/** A program: begins to ask an endpoint what to sample, and has nothing else to do. */

const [endpoint = ''] = process.argv.slice(2)
createRemoteSampler({ service: 'cart', endpoint, limits: { timeoutMs: 600_000 } })
console.log('done')
