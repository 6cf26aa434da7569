import t from 'tap'
import type { QueryFlags } from '../../../src/cli/trace/query-of-flags.ts'
import { queryOfFlags } from '../../../src/cli/trace/query-of-flags.ts'
import { compileText } from '../../../src/search/text/compile-query.ts'

const rows: readonly (readonly [QueryFlags, string])[] = [
  [{}, '{}'],
  [{ service: 'cart' }, '{ resource.service.name = "cart" }'],
  [
    { service: 'a"b\\c\nd', operation: 'GET /' },
    '{ resource.service.name = "a\\"b\\\\c\\nd" && name = "GET /" }',
  ],
  [{ tag: ['http.method=GET'] }, '{ ."http.method" = "GET" }'],
  [{ tag: ['code=500'] }, '{ (."code" = "500" || ."code" = 500) }'],
  [
    { tag: ['code=-1.5', 'ok=true'] },
    '{ (."code" = "-1.5" || ."code" = -1.5) && (."ok" = "true" || ."ok" = true) }',
  ],
  [{ tag: ['error=true'] }, '{ (status = error || ."error" = "true" || ."error" = true) }'],
  [{ tag: ['error=false'] }, '{ !(status = error || ."error" = "true" || ."error" = true) }'],
  [{ tag: ['error=timeout'] }, '{ ."error" = "timeout" }'],
  [
    { tag: ['span.kind=SERVER', 'otel.status_code=ERROR', 'span.status=unset'] },
    '{ kind = server && status = error && status = unset }',
  ],
  [{ tag: ['span.kind=odd'] }, '{ ."span.kind" = "odd" }'],
  [
    { tag: ['otel.scope.name=lib', 'scope.version=1', 'otel.status_description=gone'] },
    '{ instrumentation:name = "lib" && instrumentation:version = "1" && statusMessage = "gone" }',
  ],
  [
    { tag: ['resource.host.name=7'] },
    '{ (resource."host.name" = "7" || resource."host.name" = 7 || ."resource.host.name" = "7" || ."resource.host.name" = 7) }',
  ],
  [{ tag: ['a b}=x=y'] }, '{ ."a b}" = "x=y" }'],
  [{ tag: ['phone=12345678901234567890'] }, '{ ."phone" = "12345678901234567890" }'],
  [{ minDuration: '100ms', maxDuration: '1.5s' }, '{ duration >= 100ms && duration <= 1.5s }'],
]

for (const [flags, text] of rows) {
  t.test(`queryOfFlags() makes ${text}`, async (t) => {
    t.equal(queryOfFlags(undefined, flags), text)
    t.doesNotThrow(() => compileText(text))
  })
}

t.test('queryOfFlags() takes a text as it is, and refuses both', async (t) => {
  t.equal(queryOfFlags('{ .a }', {}), '{ .a }')
  const bad = { code: 'invalid_argument' }
  t.throws(() => queryOfFlags('{ .a }', { service: 'cart' }), bad)
  t.throws(() => queryOfFlags(undefined, { tag: ['a'] }), {
    message: /--tag: must be KEY=VALUE, is "a"/,
  })
  t.throws(() => queryOfFlags(undefined, { minDuration: '1s } || { true' }), bad)
  t.throws(() => queryOfFlags(undefined, { minDuration: '100' }), {
    message: 'Cannot use a duration: must be such as 100ms or 1.5s, is "100"',
  })
  t.equal(queryOfFlags(undefined, { minDuration: '0' }), '{ duration >= 0 }')
})
