import t from 'tap'
import { parseRemoteAddress } from '../../../src/stores/remote/remote-address.ts'

const good = [
  ['grpc://storage', { target: 'storage:17271', tls: undefined, tenant: undefined }],
  ['grpc://storage:1234/', { target: 'storage:1234' }],
  ['grpc://[::1]', { target: '[::1]:17271' }],
  ['grpc://storage?tenant=a%20b', { tenant: { header: 'x-tenant', name: 'a b' } }],
  ['grpc://storage?tenant=a&tenant-header=org', { tenant: { header: 'org', name: 'a' } }],
  ['grpcs://storage', { tls: { ca: undefined, certificate: undefined, key: undefined } }],
  [
    'grpcs://storage?ca=/a.pem&cert=b.pem&key=c%2Bd.pem&server-name=other',
    { tls: { ca: '/a.pem', certificate: 'b.pem', key: 'c+d.pem', serverName: 'other' } },
  ],
] as const

for (const [text, expected] of good) {
  t.test(`parseRemoteAddress() reads ${text}`, async (t) => {
    t.match(parseRemoteAddress(text), expected)
  })
}

const bad = [
  ['grpc://', /names no host/],
  ['grpc://a,b', /its host "a,b" is none/],
  ['grpc://a:0', /port of its host "a:0" must be 1 to 65535/],
  ['grpc://a:70000', /port of its host/],
  ['grpc://user@a', /has a user/],
  ['grpc://a/keyspace', /has a path/],
  ['grpc://a#b', /has a path or a "#"/],
  ['grpc://a?timeout=1s', /parameter "timeout" is unknown/],
  ['grpc://a?tenant=', /parameter tenant is empty/],
  ['grpc://a?tenant=x&tenant=y', /parameter tenant comes twice/],
  ['grpc://a?tenant=%E4', /parameter tenant is not percent-encoded/],
  ['grpc://a?tenant=m%C3%BCll', /must be printable ASCII/],
  ['grpc://a?tenant-header=org', /names no tenant/],
  ['grpc://a?tenant=x&tenant-header=Org', /tenant-header "Org" must be of a-z/],
  ['grpc://a?tenant=x&tenant-header=org-bin', /tenant-header "org-bin"/],
  ['grpc://a?ca=x', /its ca is for TLS, which is grpcs/],
  ['grpcs://a?cert=x', /cert and key go together/],
] as const

for (const [text, message] of bad) {
  t.test(`parseRemoteAddress() refuses ${text}`, async (t) => {
    t.throws(() => parseRemoteAddress(text), { code: 'bad_settings', message })
  })
}
