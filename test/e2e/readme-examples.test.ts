import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { settings } from '../../src/config/settings.ts'
import { projectRoot } from '../project-root.ts'
import { testDirectory } from '../test-directory.ts'
import { readMetrics } from './admin-client.ts'
import { GatewayProcess } from './gateway-process.ts'

// The programs in the documents, each as somebody copies it into a file of an empty directory; their ports alone are moved.

t.setTimeout(180_000)

const execute = promisify(execFile)

/** A block of code of a document. */
interface Example {
  /** Such as `README.md 2`. */
  readonly name: string
  readonly code: string
}

const documents = [
  'README.md',
  ...readdirSync(join(projectRoot, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(projectRoot, 'bridge'))
    .map((name) => `bridge/${name}/README.md`)
    .filter((name) => existsSync(join(projectRoot, name))),
]

function examplesIn(document: string): readonly Example[] {
  const text = readFileSync(join(projectRoot, document), 'utf8')
  const blocks = [...text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)]
  return blocks.map(([, code = ''], at) => ({ name: `${document} ${at + 1}`, code }))
}

/** How many spans each sends to a gateway that runs apart. */
const sentSpans: Readonly<Record<string, number>> = {
  'README.md 1': 1,
  'README.md 2': 0,
  'docs/sampling.md 1': 0,
  'bridge/opentelemetry/README.md 1': 1,
  'bridge/opentelemetry/README.md 2': 0,
  'bridge/opentracing/README.md 1': 2,
  'bridge/propagation/README.md 1': 0,
  'bridge/propagation/README.md 2': 0,
}

const examples = documents.filter((name) => name.endsWith('.md')).flatMap(examplesIn)

t.test('every program of the documents is tried here', async (t) => {
  t.strictSame(examples.map(({ name }) => name).sort(), Object.keys(sentSpans).sort())
})

t.test('the programs of the documents run as they are printed', async (t) => {
  const gateway = await GatewayProcess.start({ store: 'memory:' })
  t.teardown(() => gateway.stop())
  const { admin } = await gateway.ready()
  const folder = programFolder(testDirectory(t))
  for (const { name, code } of examples) {
    // Of a gateway in the program itself the ports are all its own.
    const offset = code.includes('spangate/gateway') ? 0 : gateway.portOffset
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`)
    writeFileSync(file, moved(code, offset))
  }
  const stored = async () => (await readMetrics(admin))('spangate_spans_stored_total')
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  t.strictSame(problemsOf(files.map((name) => join(folder, name))), [], 'types')
  for (const { name } of examples) {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`)
    const before = await stored()
    // It prints nothing on stderr: neither a loss nor a warning of Node.
    const { stderr } = await execute(process.execPath, [asScript(file)], {
      cwd: folder,
      timeout: 60_000,
    })
    t.equal(stderr, '', name)
    t.equal((await stored()) - before, sentSpans[name], `spans of ${name}`)
  }
})

/** A directory whose programs have this package and what they need beside it. */
function programFolder(parent: string): string {
  const folder = join(parent, 'program')
  const modules = join(folder, 'node_modules')
  mkdirSync(modules, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  symlinkSync(projectRoot, join(modules, 'spangate'))
  for (const name of ['@opentelemetry', '@types', 'opentracing']) {
    symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name))
  }
  return folder
}

function moved(code: string, portOffset: number): string {
  return code
    .replaceAll(/localhost:(\d+)/g, (_, port) => `localhost:${Number(port) + portOffset}`)
    .replace("store: 'sqlite:./traces'", `store: 'sqlite:./traces', ${anyPorts()}`)
}

/** Settings that let the system choose every port. */
function anyPorts(): string {
  const names = Object.keys(settings).filter((name) => name.endsWith('.port'))
  return names.map((name) => `'${name}': 0`).join(', ')
}

function problemsOf(files: readonly string[]): string[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  })
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    )
}

/** Compiles what is a program already but for its types. @returns the file to run */
function asScript(file: string): string {
  const script = file.replace(/\.ts$/, '.js')
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  })
  writeFileSync(script, outputText)
  return script
}
