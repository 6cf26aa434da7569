import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Frame } from './render/flame-graph.ts'
import { flameGraph } from './render/flame-graph.ts'

// `npm run bench:flame -- PROFILE SVG`: a flame graph of what `node --cpu-prof` has written, and where
// the time goes by file, on standard output.

const [profilePath, svgPath] = process.argv.slice(2)
if (profilePath === undefined || svgPath === undefined) {
  throw new Error('usage: npm run bench:flame -- PROFILE.cpuprofile FILE.svg')
}

/** What V8 writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(profilePath, 'utf8')) as Profile
const selfMicros = new Map<number, number>()
samples.forEach((id, at) => {
  selfMicros.set(id, (selfMicros.get(id) ?? 0) + (timeDeltas[at] ?? 0))
})
const byId = new Map(nodes.map((node) => [node.id, node]))
const byPlace = new Map<string, number>()

function frameOf(id: number): Frame {
  const node = byId.get(id)
  const { functionName = '', url = '' } = node?.callFrame ?? {}
  const self = functionName === '(idle)' ? 0 : (selfMicros.get(id) ?? 0)
  const place = url === '' ? functionName : placeOf(url)
  byPlace.set(place, (byPlace.get(place) ?? 0) + self)
  const children = (node?.children ?? []).map(frameOf).filter(({ micros }) => micros > 0)
  const micros = children.reduce((sum, child) => sum + child.micros, self)
  return {
    name: functionName === '' ? `(anonymous) ${place}` : functionName,
    place,
    micros,
    children,
  }
}

/** The folder of ours, the package of others, or Node's module. */
function placeOf(url: string): string {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  if (inPackage?.[1] !== undefined) return inPackage[1]
  if (url.startsWith('node:')) return url.replace(/^node:(?:internal\/)?([^/:]+).*/, 'node:$1')
  const own = /dist\/((?:src|bridge)\/[^/]+)/.exec(url)
  return own?.[1] ?? basename(url)
}

const root = frameOf(nodes[0]?.id ?? 0)
writeFileSync(svgPath, flameGraph(root))
for (const [place, micros] of [...byPlace].sort((a, b) => b[1] - a[1]).slice(0, 16)) {
  console.log(`${((micros / root.micros) * 100).toFixed(1).padStart(5)} %  ${place}`)
}
