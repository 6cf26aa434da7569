/**
 * A migrator that is killed: `node migrate-until.js ADDRESS LEASE_SECONDS TEXT` ends itself with
 * SIGKILL before the first statement that has the text.
 */
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import { migrate } from '../../../src/stores/cassandra/schema/migrate.ts'
import { sessionOptions } from './test-cluster.ts'

const [address = '', lease = '', text = ''] = process.argv.slice(2)
const options = sessionOptions(address)
const session = await ClusterSession.connect(options, undefined)
await migrate(session, {
  address: options.address,
  lock: { leaseSeconds: Number(lease) },
  onStatement: (statement) => {
    if (statement.includes(text)) process.kill(process.pid, 'SIGKILL')
  },
})
await session.close()
