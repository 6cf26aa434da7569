import t from 'tap'
import {
  parseCassandraAddress,
  withoutPassword,
} from '../../../src/stores/cassandra/cassandra-address.ts'

t.test('parseCassandraAddress() fills the defaults', async (t) => {
  t.same(parseCassandraAddress('cassandra://localhost/spans'), {
    contactPoints: [{ host: 'localhost', port: 9042 }],
    credentials: undefined,
    keyspace: 'spans',
    layout: undefined,
    archive: undefined,
    datacentre: undefined,
    consistency: 'LOCAL_QUORUM',
    replication: { kind: 'simple', factor: 1 },
    migrate: 'never',
    tls: undefined,
  })
})

t.test('parseCassandraAddress() reads every part', async (t) => {
  const address =
    'cassandra://an%40na:p%3Aw%2F@h1:9142,10.0.0.2,[::1]:1/k_1?layout=native&dc=dc1&consistency=quorum' +
    '&replication=dc1:3,dc2:2&migrate=auto&ca=/etc/ca.pem&cert=c.pem&key=k.pem'
  t.same(parseCassandraAddress(address), {
    contactPoints: [
      { host: 'h1', port: 9142 },
      { host: '10.0.0.2', port: 9042 },
      { host: '::1', port: 1 },
    ],
    credentials: { username: 'an@na', password: 'p:w/' },
    keyspace: 'k_1',
    layout: 'native',
    archive: undefined,
    datacentre: 'dc1',
    consistency: 'QUORUM',
    replication: {
      kind: 'datacentres',
      factors: new Map([
        ['dc1', 3],
        ['dc2', 2],
      ]),
    },
    migrate: 'auto',
    tls: { ca: '/etc/ca.pem', certificate: 'c.pem', key: 'k.pem' },
  })
})

t.test('parseCassandraAddress() reads where traces are archived', async (t) => {
  const address = parseCassandraAddress('cassandra://h/jaeger_v1?archive=jaeger_v1_archive')
  t.equal(address.archive, 'jaeger_v1_archive')
})

const refusals: readonly (readonly [rest: string, message: RegExp])[] = [
  ['', /it names no host/],
  ['/k', /it names no host/],
  ['h', /it names no keyspace/],
  ['h/', /it names no keyspace/],
  ['h,/k', /it names no host/],
  ['h:0/k', /port of its host "h:0" must be 1 to 65535/],
  ['h:70000/k', /must be 1 to 65535/],
  ['h h/k', /its host "h h" is none/],
  ['u@h/k', /a user without a password/],
  [':p@h/k', /a user without a password/],
  ['u:%zz@h/k', /its password is not percent-encoded/],
  ['h/Spans', /its keyspace "Spans" must be a lower-case letter/],
  [`h/k${'x'.repeat(48)}`, /at most 47/],
  ['h/k#x', /it has a "#"/],
  ['h/k?color=red', /its parameter "color" is unknown, must be one of layout, archive,/],
  ['h/k?dc=', /its parameter dc is empty/],
  ['h/k?dc=a&dc=b', /its parameter dc comes twice/],
  ['h/k?layout=rows', /its layout is "rows", must be native or jaeger/],
  ['h/k?archive=K', /its archive "K" must be a keyspace, a lower-case letter/],
  ['h/k?archive=k', /its archive is the keyspace of the spans/],
  ['h/k?layout=native&archive=a', /its archive is for layout jaeger/],
  ['h/k?consistency=MOST', /its consistency is "MOST", must be ONE, TWO/],
  ['h/k?replication=0', /its replication is "0", must be a factor/],
  ['h/k?replication=dc1:3,dc1:3', /data centre "dc1" twice/],
  ["h/k?replication=d'c:3", /its replication is/],
  ['h/k?migrate=yes', /its migrate is "yes", must be never or auto/],
  ['h/k?cert=a', /its cert and key go together/],
  ['h/k?tls=false&ca=a', /has tls=false/],
  [`${'h,'.repeat(40)}h/k`, /names 41 hosts, must be at most 32/],
]

for (const [rest, message] of refusals) {
  t.test(`parseCassandraAddress() refuses ${rest.slice(0, 40)}`, async (t) => {
    t.throws(() => parseCassandraAddress(`cassandra://${rest}`), { code: 'bad_settings', message })
  })
}

t.test('no error and no log repeats a password', async (t) => {
  const address = 'cassandra://anna:s3cret@h:1/K'
  t.equal(withoutPassword(address), 'cassandra://anna:***@h:1/K')
  try {
    parseCassandraAddress(address)
    t.fail('it was taken')
  } catch (error) {
    t.notMatch(String(error), /s3cret/)
    t.match(String(error), /anna:\*\*\*@h:1/)
  }
})
