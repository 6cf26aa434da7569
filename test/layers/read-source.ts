import ts from 'typescript'

/** One import of a source file, in whatever form it is written. */
export interface Import {
  readonly line: number
  /** What is imported as it is written; undefined when it is not a constant string. */
  readonly specifier: string | undefined
  /** `url` is a compiled file named by `new URL(..., import.meta.url)`, as worker threads are. */
  readonly kind: 'static' | 'dynamic' | 'url'
  readonly typeOnly: boolean
}

/** A place where a source touches the clock, chance, a timer, the console or the process. */
export interface Impurity {
  readonly line: number
  readonly name: string
}

/** What the import table needs to know of one source file. */
export interface SourceFacts {
  readonly imports: readonly Import[]
  readonly impurities: readonly Impurity[]
}

const impureGlobals = new Set(
  `console crypto fetch global globalThis performance process queueMicrotask require
  setImmediate setInterval setTimeout clearImmediate clearInterval clearTimeout`.split(/\s+/),
)

/** Reads the imports and impurities of one source text; `path` decides TypeScript or JavaScript. */
export function readSource(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const imports: Import[] = []
  const impurities: Impurity[] = []
  function lineOf(node: ts.Node): number {
    return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
  }
  function visit(node: ts.Node): void {
    const found = importOf(node)
    if (found !== undefined) imports.push({ line: lineOf(node), ...found })
    const name = impurityOf(node)
    if (name !== undefined) impurities.push({ line: lineOf(node), name })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { imports, impurities }
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.isTypeOnly === true
    return { specifier: constant(node.moduleSpecifier), kind: 'static', typeOnly }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return {
      specifier: constant(node.moduleSpecifier),
      kind: 'static',
      typeOnly: node.isTypeOnly,
    }
  }
  if (ts.isImportTypeNode(node)) {
    const argument = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
    return { specifier: constant(argument), kind: 'static', typeOnly: true }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: constant(node.arguments[0]), kind: 'dynamic', typeOnly: false }
  }
  return urlImportOf(node)
}

function urlImportOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return undefined
  if (node.arguments?.[1]?.getText() !== 'import.meta.url') return undefined
  const specifier = constant(node.arguments[0])
  if (specifier === undefined || !/\.[cm]?[jt]s$/.test(specifier)) return undefined
  return { specifier, kind: 'url', typeOnly: false }
}

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText()
    return text === 'Date.now' || text === 'Math.random' ? text : undefined
  }
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && isNamed(node.expression, 'Date')) {
    // `new Date(ms)` only reads its argument; without one it reads the clock, as `Date()` does.
    const readsClock = ts.isCallExpression(node) || (node.arguments ?? []).length === 0
    return readsClock ? 'Date()' : undefined
  }
  return ts.isIdentifier(node) && impureGlobals.has(node.text) && isUse(node)
    ? node.text
    : undefined
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name
}

/** True where the identifier is read as a value, false where it names a property or a parameter. */
function isUse(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isTypeNode(parent) || ts.isTypeElement(parent) || ts.isClassElement(parent)) return false
  if (ts.isParameter(parent) || ts.isBindingElement(parent)) return parent.initializer === node
  return true
}

function constant(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined
}
