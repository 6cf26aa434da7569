import { isIPv4 as nodeIPv4, isIPv6 as nodeIPv6 } from 'node:net'
import t from 'tap'
import { isIPv4, isIPv6 } from '../../../bridge/zipkin/ip-text.ts'

const texts = [
  '',
  '0.0.0.0',
  '255.255.255.255',
  '256.1.1.1',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  ' 1.2.3.4',
  '1.2.3.4\n',
  '::',
  '::1',
  '1::',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::',
  '1:2:3:4:5:6:7:8::',
  '::2:3:4:5:6:7:8',
  '1::2::3',
  ':::',
  ':',
  '1:',
  ':1',
  '12345::',
  'g::',
  '2001:DB8::a',
  '::ffff:1.2.3.4',
  '::ffff:1.2.3.256',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '1.2.3.4::',
  '/run/x.sock',
] as const

t.test('an address is what Node takes for one', async (t) => {
  for (const text of texts) {
    t.equal(isIPv4(text), nodeIPv4(text), `v4 ${JSON.stringify(text)}`)
    t.equal(isIPv6(text), nodeIPv6(text), `v6 ${JSON.stringify(text)}`)
  }
})
