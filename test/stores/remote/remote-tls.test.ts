import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServerCredentials } from '@grpc/grpc-js'
import type { Test } from 'tap'
import t from 'tap'
import { remoteLimits } from '../../../src/stores/open-store.ts'
import { openRemoteStore } from '../../../src/stores/remote/open-remote-store.ts'
import { parseRemoteAddress } from '../../../src/stores/remote/remote-address.ts'
import { projectRoot } from '../../project-root.ts'
import { scriptedRemote } from './scripted-remote.ts'

const folder = join(projectRoot, 'test/client/certificates')
const certificate = join(folder, 'localhost.cert.pem')
const key = join(folder, 'localhost.key.pem')
const pairs = [{ cert_chain: readFileSync(certificate), private_key: readFileSync(key) }]

async function serve(t: Test, credentials: ServerCredentials): Promise<number> {
  const script = { GetServices: async () => ({ services: ['shop'] }) }
  return (await scriptedRemote(t, script, { credentials })).port
}

async function services(t: Test, address: string): Promise<readonly string[]> {
  const store = await openRemoteStore({
    ...remoteLimits,
    connectTimeoutMs: 1000,
    address: parseRemoteAddress(address),
  })
  t.teardown(() => store.close())
  return store.services('')
}

const ca = `ca=${encodeURIComponent(certificate)}`
const own = `cert=${encodeURIComponent(certificate)}&key=${encodeURIComponent(key)}`

t.test('a remote with TLS is used by the authority of its address alone', async (t) => {
  const port = await serve(t, ServerCredentials.createSsl(null, pairs))
  t.same(await services(t, `grpcs://localhost:${port}?${ca}`), ['shop'])
  const unavailable = { code: 'store_unavailable' }
  await t.rejects(services(t, `grpcs://localhost:${port}`), {
    ...unavailable,
    message: /self[- ]signed certificate/,
  })
  await t.rejects(services(t, `grpcs://127.0.0.2:${port}?${ca}`), unavailable)
  await t.rejects(services(t, `grpc://localhost:${port}`), unavailable)
})

t.test('server-name is the name that the certificate must have', async (t) => {
  const port = await serve(t, ServerCredentials.createSsl(null, pairs))
  t.same(await services(t, `grpcs://127.0.0.1:${port}?${ca}&server-name=localhost`), ['shop'])
  await t.rejects(services(t, `grpcs://localhost:${port}?${ca}&server-name=elsewhere`), {
    code: 'store_unavailable',
    message: /elsewhere/,
  })
})

t.test('a remote that wants certificates gets the one of the address', async (t) => {
  const roots = readFileSync(certificate)
  const port = await serve(t, ServerCredentials.createSsl(roots, pairs, true))
  t.same(await services(t, `grpcs://localhost:${port}?${ca}&${own}`), ['shop'])
  await t.rejects(services(t, `grpcs://localhost:${port}?${ca}`), { code: 'store_unavailable' })
})

t.test('files that are none are settings at fault', async (t) => {
  await t.rejects(services(t, 'grpcs://localhost:1?ca=%2Fnowhere.pem'), {
    code: 'bad_settings',
    message: /Cannot read ca of the store: ENOENT/,
  })
  const swapped = `cert=${encodeURIComponent(key)}&key=${encodeURIComponent(certificate)}`
  await t.rejects(services(t, `grpcs://localhost:1?${swapped}`), { code: 'bad_settings' })
})
