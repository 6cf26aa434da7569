import t from 'tap'
import { GatewayError } from '../../../src/errors/gateway-error.ts'
import { basePathOf, pathBehind } from '../../../src/query/http/base-path.ts'

t.test('basePathOf() takes a path with slashes around it or without', async (t) => {
  for (const text of ['/tools/jaeger', 'tools/jaeger', '/tools/jaeger/', '//tools/jaeger//']) {
    t.equal(basePathOf(text), '/tools/jaeger', text)
  }
  for (const text of ['', '/']) t.equal(basePathOf(text), '', text)
})

t.test('basePathOf() refuses what is no path', async (t) => {
  for (const text of ['http://shop.example/jaeger', '/a b', '/jaeger?x', '/a#b', '/a//b']) {
    const refused = { code: 'bad_settings', message: /^Cannot use query.http.base-path: must be/ }
    t.throws(() => basePathOf(text), refused, text)
    t.throws(() => basePathOf(text), GatewayError)
  }
})

t.test('pathBehind() takes the base path off once, and slashes that are double', async (t) => {
  t.equal(pathBehind('/jaeger', '/jaeger/jaeger/api'), '/jaeger/api')
  t.equal(pathBehind('/jaeger', '//jaeger///api//x/'), '/api/x/')
  t.equal(pathBehind('/jaeger', '/jaegerapi'), '/jaegerapi')
  t.equal(pathBehind('', '//api/x'), '/api/x')
})
