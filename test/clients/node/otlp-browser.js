// Sends the cart story from a page in a real browser, of another origin than the gateway's, and prints
// what the SDK in the page recorded. Needs a Chromium on the PATH.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { readOptions } from './options.js'

const names = ['chromium', 'chromium-browser', 'google-chrome']
const executablePath = process.env.PATH.split(delimiter)
  .flatMap((directory) => names.map((name) => join(directory, name)))
  .find((path) => existsSync(path))

const options = readOptions({ endpoint: '127.0.0.1:4318' })
const folder = dirname(fileURLToPath(import.meta.url))
const bundle = await build({
  entryPoints: [join(folder, 'page.js')],
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'browser',
})

const server = createServer(({ url }, response) => {
  const isScript = url === '/page.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  response.end(isScript ? bundle.outputFiles[0].contents : '<script src="/page.js"></script>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
})
let code = 0
try {
  const page = await browser.newPage()
  const complaints = []
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  // What fails in the page, as a refused preflight does, is told with what its console says.
  const spans = await page
    .evaluate((given) => globalThis.sendStories(given), options)
    .catch((error) => {
      throw new Error([error.message, ...complaints].join('\n'))
    })
  console.log(JSON.stringify({ client: 'browser', spans }))
} catch (error) {
  console.error(`otlp-browser: ${error.message}`)
  code = 1
} finally {
  await browser.close()
  server.close()
}
process.exit(code)
