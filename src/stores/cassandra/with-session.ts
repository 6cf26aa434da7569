import { thenClose } from '../../errors/close-all.ts'
import type { SessionOptions } from './cluster-session.ts'
import { ClusterSession } from './cluster-session.ts'

/**
 * Connects to a cluster, in no keyspace, for some work; the connection is closed when that is done.
 *
 * @throws what connecting, the work or closing fails with, the first of them
 */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: ClusterSession) => Promise<Result>,
): Promise<Result> {
  const session = await ClusterSession.connect(options, undefined)
  return thenClose(
    () => work(session),
    () => session.close(),
  )
}
