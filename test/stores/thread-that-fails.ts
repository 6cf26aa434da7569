/** A thread for tests of who watches threads: answers, fails or ends as it is told. */
import { parentPort, workerData } from 'node:worker_threads'

/** Shared with the test, which may change it between two starts. */
const isWell = workerData instanceof Int32Array ? Atomics.load(workerData, 0) === 0 : undefined

if (workerData === 'fails to start' || isWell === false) throw new Error('no start today')

parentPort?.on('message', (request: { readonly kind: string }) => {
  if (request.kind === 'fail') throw new Error('told to fail')
  if (request.kind === 'close') parentPort?.close()
  else parentPort?.postMessage({ kind: 'answer', to: request.kind })
})
parentPort?.postMessage({ kind: 'ready' })
