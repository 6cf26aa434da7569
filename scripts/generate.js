/**
 * `npm run generate`: writes proto/gen from the .proto files. `npm run generate:check` writes it
 * elsewhere and fails when the committed one differs. Neither needs a network.
 *
 * proto/gen holds the types that proto-loader's objects have under the options below, and
 * spangate.binpb, the descriptors that the program serves by reflection, with our comments.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, projectRoot, runInstalled } from './project.js'

/** A fault of the protos or of the committed files; anything else that is thrown is a bug. */
class GenerateError extends Error {}

const committed = 'proto/gen'
/** Below the checkout, so that paths written into generated comments are the same everywhere. */
const scratchRoot = join(projectRoot, 'node_modules/.cache')

mkdirSync(scratchRoot, { recursive: true })
const scratch = mkdtempSync(join(scratchRoot, 'generate-'))
try {
  const fresh = join(scratch, 'gen')
  generate(fresh)
  if (process.argv.includes('--check')) check(fresh)
  else replace(fresh)
} catch (error) {
  if (!(error instanceof GenerateError)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** @param {string} folder to write to */
function generate(folder) {
  mkdirSync(folder)
  generateTypes(folder)
  writeFileSync(join(folder, 'spangate.binpb'), describeProtos())
}

/**
 * One file that imports all others makes one ProtoGrpcType, in spangate.ts; given one by one,
 * each would make a file at the top, named without its folder.
 *
 * @param {string} folder
 */
function generateTypes(folder) {
  const imports = filesBelow('proto').filter((path) => path.endsWith('.proto'))
  const lines = imports.map((path) => `import "${path.slice('proto/'.length)}";\n`)
  writeFileSync(join(scratch, 'spangate.proto'), `syntax = "proto3";\n${lines.join('')}`)
  const code = runInstalled('@grpc/proto-loader/build/bin/proto-loader-gen-types.js', [
    // What src/ passes to proto-loader must be the same.
    '--longs=String',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    `--includeDirs=proto`,
    `--includeDirs=${scratch}`,
    `--outDir=${folder}`,
    'spangate.proto',
  ])
  if (code !== 0)
    throw new GenerateError('Cannot generate types: proto-loader-gen-types failed, see above')
}

/**
 * The descriptors of all protos and of what they import. Comments are kept for ours only: those of
 * google/protobuf are long, and not ours to copy.
 *
 * @returns {Uint8Array} a google.protobuf.FileDescriptorSet
 */
function describeProtos() {
  const bare = splitSet(bufBuild('--exclude-source-info'))
  const files = splitSet(bufBuild()).map((file, index) => (isGoogles(file) ? bare[index] : file))
  return Buffer.concat(files.filter((file) => file !== undefined))
}

/**
 * Whether a file is one of google/protobuf: its name comes first, what it imports may come soon behind.
 *
 * @param {Buffer} file with its tag and length
 */
function isGoogles(file) {
  return /^[^/]{4,8}google\/protobuf\//s.test(file.toString('latin1', 0, 64))
}

/** @param {readonly string[]} flags */
function bufBuild(...flags) {
  const buf = join(projectRoot, 'node_modules/@bufbuild/buf/bin/buf')
  const args = [buf, 'build', '--as-file-descriptor-set', '--output=-#format=binpb', ...flags]
  const done = spawnSync(process.execPath, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (done.status !== 0)
    throw new GenerateError('Cannot describe protos: buf build failed, see above')
  return done.stdout
}

/**
 * Cuts a set at its only field, `repeated FileDescriptorProto file = 1`; joined, the pieces are a set.
 *
 * @param {Buffer} set
 * @returns {Buffer[]} each with its tag and length
 */
function splitSet(set) {
  const pieces = []
  for (let start = 0; start < set.length; ) {
    let offset = start + 1 // the tag is one byte
    let size = 0
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      byte = set[offset++] ?? 0
      size |= (byte & 0x7f) << shift
    }
    pieces.push(set.subarray(start, offset + size))
    start = offset + size
  }
  return pieces
}

/** @param {string} fresh */
function replace(fresh) {
  const target = join(projectRoot, committed)
  rmSync(target, { recursive: true, force: true })
  cpSync(fresh, target, { recursive: true })
}

/** @param {string} fresh */
function check(fresh) {
  const freshRoot = fresh.slice(projectRoot.length + 1).replaceAll('\\', '/')
  const names = new Set(
    [...namesBelow(committed), ...namesBelow(freshRoot)].filter(
      (name) => !sameFile(join(projectRoot, committed, name), join(fresh, name)),
    ),
  )
  if (names.size === 0) return
  const list = [...names].sort().map((name) => `  ${committed}/${name}\n`)
  throw new GenerateError(
    `Generated files are not what the protos say, run \`npm run generate\`:\n${list.join('').trimEnd()}`,
  )
}

/** @param {string} folder */
function namesBelow(folder) {
  return filesBelow(folder).map((path) => path.slice(folder.length + 1))
}

/**
 * @param {string} left
 * @param {string} right
 */
function sameFile(left, right) {
  try {
    return readFileSync(left).equals(readFileSync(right))
  } catch {
    // One of them is missing, which is a difference.
    return false
  }
}
