import t from 'tap'
import { decodeHeaders, encodeHeaders } from '../../../bench/load/hpack.ts'
import { decodeHuffman } from '../../../bench/load/huffman.ts'

t.test('decodeHeaders() reads the examples of RFC 7541 that need no dynamic table', async (t) => {
  // C.2.2, C.2.3 and C.2.4.
  const path = Buffer.from('040c2f73616d706c652f70617468', 'hex')
  t.same([...decodeHeaders(path)], [['static-4', '/sample/path']])
  const never = Buffer.from('100870617373776f726406736563726574', 'hex')
  t.same([...decodeHeaders(never)], [['password', 'secret']])
  t.same([...decodeHeaders(Buffer.from('88', 'hex'))], [[':status', '200']])
})

t.test('decodeHuffman() reads the examples of RFC 7541', async (t) => {
  // C.4.1, C.4.2 and C.6.1.
  t.equal(decodeHuffman(Buffer.from('f1e3c2e5f23a6ba0ab90f4ff', 'hex')), 'www.example.com')
  t.equal(decodeHuffman(Buffer.from('a8eb10649cbf', 'hex')), 'no-cache')
  const date = Buffer.from('d07abe941054d444a8200595040b8166e082a62d1bff', 'hex')
  t.equal(decodeHuffman(date), 'Mon, 21 Oct 2013 20:13:21 GMT')
  t.throws(() => decodeHuffman(Buffer.from([0x00])), /padding/)
})

t.test('decodeHeaders() reads what encodeHeaders() wrote', async (t) => {
  const headers = [
    ['short', 'x'],
    ['long', 'y'.repeat(126)],
    ['longer', 'z'.repeat(127)],
    ['longest', 'z'.repeat(3000)],
  ] as const
  t.same([...decodeHeaders(encodeHeaders(headers))], headers)
})

t.test('decodeHeaders() refuses a dynamic table and blocks that end early', async (t) => {
  t.throws(() => decodeHeaders(Buffer.from([0xbe])), /dynamic table/)
  t.throws(() => decodeHeaders(Buffer.from('100870617373', 'hex')), /ends early/)
})
