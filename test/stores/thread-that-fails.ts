/** A thread for tests of who watches threads: answers, fails or ends as it is told. */
import { parentPort, workerData } from 'node:worker_threads'

if (workerData === 'fails to start') throw new Error('no start today')

parentPort?.on('message', (request: { readonly kind: string }) => {
  if (request.kind === 'fail') throw new Error('told to fail')
  if (request.kind === 'close') parentPort?.close()
  else parentPort?.postMessage({ kind: 'answer', to: request.kind })
})
parentPort?.postMessage({ kind: 'ready' })
