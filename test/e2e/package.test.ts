import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { settings } from '../../src/config/settings.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'

// What `npm pack` makes, unpacked beside its dependencies: what programs have when they install it.

t.setTimeout(120_000)

const execute = promisify(execFile)
const { exports: published } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))

/** Documents that are for whoever works on the program. */
const outside = ['CONTRIBUTING.md', 'changes/README.md', '../bench/results']

const folder = testDirectory(t)
const modules = join(folder, 'node_modules')
const own = join(modules, 'spangate')
mkdirSync(own, { recursive: true })
// Scripts would only build what is built.
await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
  cwd: projectRoot,
})
const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
await execute('tar', ['-xzf', join(folder, archive), '-C', own, '--strip-components=1'])
for (const name of readdirSync(join(projectRoot, 'node_modules'))) {
  if (name.startsWith('.')) continue
  symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name))
}

async function runScript(name: string, script: string): Promise<string> {
  writeFileSync(join(folder, name), script)
  const { stdout, stderr } = await execute(process.execPath, [join(folder, name)], {
    cwd: folder,
    timeout: 60_000,
  })
  t.equal(stderr, '')
  return stdout
}

/** Of each export that is one file, and of all files of one that is a pattern. */
const names = Object.entries<string>(published).flatMap(([path, file]) => {
  const name = path.replace('.', 'spangate')
  if (!path.includes('*')) return file.endsWith('.js') ? [{ name, file }] : []
  return filesBelow(join(own, 'dist/bridge'))
    .filter((found) => found.endsWith('.js'))
    .map((found) => ({
      name: `spangate/bridge/${found.replace(/\.js$/, '')}`,
      file: `dist/bridge/${found}`,
    }))
})

t.test('every export of the package can be imported, and has its types', async (t) => {
  t.ok(names.length > 100)
  const imports = names.map(({ name }) => `await import('${name}')`).join('\n')
  t.equal(await runScript('imports.mjs', `${imports}\nconsole.log('all')`), 'all\n')
  for (const { name, file } of names) {
    t.ok(existsSync(join(own, file.replace(/\.js$/, '.d.ts'))), name)
  }
})

t.test('the gateway of the package takes spans', async (t) => {
  const ports = Object.keys(settings).filter((name) => name.endsWith('.port'))
  const all = { store: 'memory:', ...Object.fromEntries(ports.map((name) => [name, 0])) }
  const script = `
    import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
    import { createSpanExporter } from 'spangate/client'
    import { startEmbeddedGateway } from 'spangate/gateway'
    const gateway = await startEmbeddedGateway({ settings: ${JSON.stringify(all)} })
    const [, endpoint] = gateway.addresses.find((one) => one.startsWith('otlp.grpc=')).split(/[=,]/)
    const exporter = createSpanExporter({ endpoint })
    const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
    provider.getTracer('cart').startSpan('GET /cart').end()
    await provider.shutdown()
    await gateway.stop()
    console.log(exporter.counts().taken)`
  t.equal(await runScript('gateway.mjs', script), '1\n')
})

t.test('the program of the package says its version', async (t) => {
  const { stdout } = await execute(process.execPath, [join(own, 'dist/src/main.js'), '--version'])
  t.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

t.test('documents of the package name no file that it does not have', async (t) => {
  const documents = filesBelow(own).filter((name) => name.endsWith('.md'))
  t.ok(documents.includes('bridge/propagation/README.md'))
  for (const document of documents) {
    const text = readFileSync(join(own, document), 'utf8')
    for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(link) || outside.includes(link)) continue
      t.ok(existsSync(join(own, dirname(document), link)), `${document} names ${link}`)
    }
  }
})

/** Files below a folder, as paths from it. */
function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(path, entry.name)).map((name) => `${entry.name}/${name}`)
      : [entry.name],
  )
}
