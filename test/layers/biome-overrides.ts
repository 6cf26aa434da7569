import type { Layer } from './table.ts'
import { layers } from './table.ts'

const timers = `setTimeout setInterval setImmediate queueMicrotask`
const impure = `console process performance fetch crypto ${timers}`.split(' ')

/**
 * The import table as `overrides` of biome.json, so that the editor tells the reason at once.
 *
 * Biome sees the text of an import and not whether it is of types, so where only types are allowed
 * the editor is silent and `test/layers.test.ts` speaks.
 */
export function biomeOverrides(packages: readonly string[]): readonly object[] {
  return Object.entries(layers)
    .filter(([, layer]) => !layer.packages.includes('*'))
    .filter(([name]) => name !== 'proto/gen')
    .map(([name, layer]) => override(name, layer, [...packages].sort()))
}

function override(name: string, layer: Layer, packages: readonly string[]): object {
  const groups = [
    forbiddenFolders(name, layer),
    packages.filter((library) => !mayImport(layer, library)),
    forbiddenBuiltins(layer),
  ].filter((group) => group.length > 0)
  const patterns = groups.map((group) => ({ group, message: layer.reason }))
  const denied = Object.fromEntries(impure.map((global) => [global, layer.reason]))
  return {
    includes: [name.endsWith('.ts') ? name : `${name}/**`],
    linter: {
      rules: {
        style: {
          noRestrictedImports: { level: 'error', options: { patterns } },
          ...(layer.pure && {
            noRestrictedGlobals: { level: 'error', options: { deniedGlobals: denied } },
          }),
        },
      },
    },
  }
}

function forbiddenFolders(name: string, layer: Layer): readonly string[] {
  const allowed = [name, ...layer.folders, ...(layer.typeFolders ?? [])]
  return Object.keys(layers)
    .filter(
      (other) => !allowed.some((folder) => other === folder || other.startsWith(`${folder}/`)),
    )
    .map((other) => pattern(name, other))
}

/** Siblings are imported as `../other/x.ts`, everything else under its whole name. */
function pattern(name: string, other: string): string {
  const parent = name.slice(0, name.lastIndexOf('/') + 1)
  const seen = other.startsWith(parent) ? other.slice(parent.length) : other
  return other.endsWith('.ts') ? `**/${seen}` : `**/${seen}/**`
}

function forbiddenBuiltins(layer: Layer): readonly string[] {
  if (layer.builtins === undefined) return []
  return ['node:*', 'node:*/**', ...layer.builtins.map((builtin) => `!${builtin}`)]
}

function mayImport(layer: Layer, library: string): boolean {
  return [...layer.packages, ...(layer.typePackages ?? [])].some(
    (allowed) =>
      allowed === library || (allowed.endsWith('/*') && library.startsWith(allowed.slice(0, -1))),
  )
}
