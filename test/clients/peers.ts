import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../project-root.ts'

const root = join(projectRoot, '.cache/peers')

/** The foreign programs, each as the command that starts it. */
const commands = {
  grpcurl: [join(root, 'bin/grpcurl')],
  telemetrygen: [join(root, 'bin/telemetrygen')],
  'jaeger-query': [join(root, 'bin/jaeger-query')],
  'jaeger-post': [join(root, 'bin/jaeger-post')],
  'otlp-sdk-go': [join(root, 'bin/otlp-sdk')],
  'otlp-sdk-java': ['java', '-jar', join(root, 'java/target/peers.jar')],
  'otlp-sdk-node': [process.execPath, join(root, 'node/otlp-sdk.js')],
  'otlp-sdk-browser': [process.execPath, join(root, 'node/otlp-browser.js')],
  'otlp-sdk-python': [join(root, 'python/bin/python'), join(root, 'python/otlp_sdk.py')],
  'grpc-js-post': [process.execPath, join(root, 'node/jaeger-post.js')],
  propagate: [process.execPath, join(root, 'propagators/propagate.js')],
  'jaeger-client-node': [process.execPath, join(root, 'node-jaeger/jaeger-client.js')],
  'jaeger-client-python': [
    join(root, 'python-jaeger/bin/python'),
    join(root, 'python-jaeger/jaeger_client_udp.py'),
  ],
  'jaeger-client-go': [join(root, 'bin/jaeger-client-go')],
  'jaeger-client-java': ['java', '-jar', join(root, 'java-jaeger/target/peers-jaeger.jar')],
  'jaeger-client-ruby': ['ruby', join(root, 'ruby-jaeger/jaeger_client.rb')],
  'jaeger-exporter-node': [process.execPath, join(root, 'node-otel-jaeger/jaeger-exporter.js')],
  'jaeger-exporter-python': [
    join(root, 'python-otel-jaeger/bin/python'),
    join(root, 'python-otel-jaeger/jaeger_exporter.py'),
  ],
  'thrift-read-batch': [
    join(root, 'python-jaeger/bin/python'),
    join(root, 'python-jaeger/read_batch.py'),
  ],
  'zipkin-agent-python': [
    join(root, 'python-jaeger/bin/python'),
    join(root, 'python-jaeger/zipkin_batch_udp.py'),
  ],
  'zipkin-tracer': [process.execPath, join(root, 'zipkin-node/zipkin-tracer.js')],
  'otel-zipkin': [process.execPath, join(root, 'zipkin-node/otel-zipkin.js')],
  'zipkin-reporter': ['java', '-jar', join(root, 'zipkin-java/target/zipkin-peer.jar')],
  'jaeger-sampling-node': [process.execPath, join(root, 'node-jaeger/sampling.js')],
  'jaeger-sampling-go': [join(root, 'bin/jaeger-sampling-go')],
  'jaeger-sampling-java': [
    'java',
    '-cp',
    join(root, 'java-jaeger/target/peers-jaeger.jar'),
    'peers.JaegerSampling',
  ],
  'otel-sampling-node': [process.execPath, join(root, 'node-sampling/otel-sampling.js')],
  'otel-sampling-go': [join(root, 'bin/otel-sampling')],
  'ratio-go': [join(root, 'bin/otel-ratio')],
  'otel-sampling-java': [
    'java',
    '-cp',
    join(root, 'java-sampling/target/peers-sampling.jar'),
    'peers.OtelSampling',
  ],
  'composite-node': [process.execPath, join(root, 'node-sampling/composite.js')],
  'composite-java': [
    'java',
    '-cp',
    join(root, 'java-sampling/target/peers-sampling.jar'),
    'peers.Composite',
  ],
} as const satisfies Record<string, readonly string[]>

/** Name of a foreign program. */
export type PeerName = keyof typeof commands

/** The part of scripts/install-peers.sh that a program comes with. */
const parts = {
  grpcurl: 'tools',
  telemetrygen: 'tools',
  'jaeger-query': 'protos',
  'jaeger-post': 'go',
  'otlp-sdk-go': 'go',
  'otlp-sdk-java': 'java',
  'otlp-sdk-node': 'node',
  'otlp-sdk-browser': 'node',
  'otlp-sdk-python': 'python',
  'grpc-js-post': 'protos',
  propagate: 'propagators',
  'jaeger-client-node': 'node-jaeger',
  'jaeger-client-python': 'python-jaeger',
  'jaeger-client-go': 'go-jaeger',
  'jaeger-client-java': 'java-jaeger',
  'jaeger-client-ruby': 'ruby-jaeger',
  'jaeger-exporter-node': 'node-otel-jaeger',
  'jaeger-exporter-python': 'python-otel-jaeger',
  'thrift-read-batch': 'python-jaeger',
  'zipkin-agent-python': 'python-jaeger',
  'zipkin-tracer': 'zipkin-node',
  'otel-zipkin': 'zipkin-node',
  'zipkin-reporter': 'zipkin-java',
  'jaeger-sampling-node': 'node-jaeger',
  'jaeger-sampling-go': 'go-jaeger',
  'jaeger-sampling-java': 'java-jaeger',
  'otel-sampling-node': 'node-sampling',
  'otel-sampling-go': 'go',
  'ratio-go': 'go',
  'otel-sampling-java': 'java-sampling',
  'composite-node': 'node-sampling',
  'composite-java': 'java-sampling',
} as const satisfies Record<PeerName, string>

/** What a program needs besides, one of these on the PATH. */
const systemPrograms: { readonly [name in PeerName]?: readonly string[] } = {
  'otlp-sdk-browser': ['chromium', 'chromium-browser', 'google-chrome'],
}

/**
 * Options for a tap test that runs these programs: it is skipped, with what to do about it, when one
 * is missing or older than its sources. In CI nothing is skipped, so that a missing program is red.
 */
export function needs(...names: readonly PeerName[]): { readonly skip: string | false } {
  const missing = names.filter((name) => !isInstalled(name))
  if (missing.length === 0 || process.env['CI'] === 'true') return { skip: false }
  const programs = missing.flatMap((name) => systemPrograms[name]?.slice(0, 1) ?? [])
  const besides = programs.length === 0 ? '' : ` and have ${programs.join(' and ')} on the PATH`
  return {
    skip: `needs ${missing.join(', ')}, new or anew: run scripts/install-peers.sh${besides}`,
  }
}

/** The command that starts a program. */
export function peer(name: PeerName): readonly [program: string, ...args: string[]] {
  if (!isInstalled(name)) throw new Error(`${name} is missing: run scripts/install-peers.sh`)
  const [program, ...args] = commands[name]
  return [program, ...args]
}

/** Whether scripts/install-peers.sh has installed a program, from the sources that are here now. */
export function isInstalled(name: PeerName): boolean {
  const files = commands[name].filter((part) => isAbsolute(part))
  const part = parts[name]
  const stamp = statSync(join(root, 'stamps', part), { throwIfNoEntry: false })
  if (stamp === undefined || !files.every((file) => existsSync(file))) return false
  if (systemPrograms[name]?.some(isOnPath) === false) return false
  const folders = [part === 'protos' ? 'go' : part, ...(usesRounds.test(part) ? ['rounds'] : [])]
  return folders
    .map((folder) => join(projectRoot, 'test/clients', folder))
    .every((folder) => !existsSync(folder) || newestMs(folder) <= stamp.mtimeMs)
}

/** Parts with programs that make their spans by the code in `rounds`. */
const usesRounds = /^go$|-jaeger$|-sampling$/

function isOnPath(program: string): boolean {
  return onPath(program) !== undefined
}

function onPath(program: string): string | undefined {
  const directories = process.env['PATH']?.split(delimiter) ?? []
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path))
}

/** Where the browser is that 'otlp-sdk-browser' drives. */
export function chromiumPath(): string {
  const [found] = (systemPrograms['otlp-sdk-browser'] ?? []).flatMap((name) => onPath(name) ?? [])
  if (found === undefined) throw new Error('chromium is missing: have it on the PATH')
  return found
}

/** When the newest file below a folder was written, ms since the epoch. */
function newestMs(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => !/(^|[/\\])(node_modules|target|__pycache__)([/\\]|$)/.test(name))
    .map((name) => statSync(join(folder, name)))
    .reduce((newest, found) => (found.isFile() ? Math.max(newest, found.mtimeMs) : newest), 0)
}

/** What a program printed and how it ended. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const runFile = promisify(execFile)
const timeoutMsDefault = 60_000

/** Runs a program to its end; a code other than 0 is an outcome too. */
export async function run(
  name: PeerName,
  args: readonly string[],
  timeoutMs = timeoutMsDefault,
): Promise<Outcome> {
  const [program, ...before] = peer(name)
  const options = { timeout: timeoutMs, maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' } as const
  try {
    const { stdout, stderr } = await runFile(program, [...before, ...args], options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (isFailure(error)) return { code: error.code, stdout: error.stdout, stderr: error.stderr }
    throw error
  }
}

/** Runs a program that must succeed and prints one JSON document. */
export async function runJson(
  name: PeerName,
  args: readonly string[],
  timeoutMs = timeoutMsDefault,
): Promise<unknown> {
  const { code, stdout, stderr } = await run(name, args, timeoutMs)
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}

function isFailure(error: unknown): error is Error & Outcome {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
}
