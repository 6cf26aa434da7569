import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import { GatewayProcess } from '../e2e/gateway-process.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { chromiumPath, needs } from './peers.ts'

// OpenTelemetry's exporter for browsers used beacons until February 2026. A browser sends one of JSON
// always with credentials, and only after a preflight that allows them.

const traceId = '5b8efff798038103d269b633813fc60c'

t.test(
  'a beacon of a page in a real browser is stored, where all pages may send',
  needs('otlp-sdk-browser'),
  async (t) => {
    const gateway = await GatewayProcess.start({
      args: ['--otlp.http.cors.allowed-origins', '*'],
    })
    t.teardown(() => gateway.stop())
    const { otlpHttp, queryHttp } = await gateway.ready()
    openPage(t, await servePage(t, `http://${otlpHttp}/v1/traces`))
    const find = () => fetch(`http://${queryHttp}/api/traces/${traceId}`)
    await until(async () => (await find()).status === 200)
    t.match(await (await find()).json(), {
      data: [{ spans: [{ spanID: 'eee19b7ec3c1b174', operationName: 'click' }] }],
    })
  },
)

/** A page that sends one span by a beacon. @returns its URL */
async function servePage(t: Test, endpoint: string): Promise<string> {
  const nano = `${Date.now()}000000`
  const span = {
    traceId,
    spanId: 'eee19b7ec3c1b174',
    name: 'click',
    startTimeUnixNano: nano,
    endTimeUnixNano: nano,
  }
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
  const script = `navigator.sendBeacon('${endpoint}', new Blob([${JSON.stringify(body)}], { type: 'application/json' }))`
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<script>${script}</script>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Opens a page in a browser of its own, until the test is over. */
function openPage(t: Test, url: string): void {
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-sync',
  ]
  const profile = `--user-data-dir=${testDirectory(t, {})}`
  const browser = spawn(chromiumPath(), [...flags, profile, url], {
    stdio: 'ignore',
    detached: true,
  })
  t.teardown(async () => {
    const ended = once(browser, 'exit')
    // With the processes of its pages, which would outlive it.
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL')
    await ended
  })
}
