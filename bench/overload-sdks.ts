import { isInstalled } from '../test/clients/peers.ts'
import type { SdkOutcome } from '../test/clients/sdk-load.ts'
import { countOf, faultsOf, loadSdks, sendSteadily } from '../test/clients/sdk-load.ts'
import { spanIdsIn } from './load/ledger.ts'
import type { QueryClient } from './query/query-client.ts'

/** Of each SDK, in a second. */
const spans = 500
/** How much longer than the load the patient ones may try again. */
const patienceSeconds = 120

/** An SDK that sends beside the load. */
interface Running {
  readonly name: string
  readonly isPatient: boolean
  readonly outcome: Promise<SdkOutcome>
}

/**
 * Lets the published SDKs for Go and Java send, each once as it is and once with a queue and retries
 * that outlast the load; none when they are not installed, and says how to get them then.
 */
export function startSdks(endpoint: string, seconds: number): readonly Running[] {
  return Object.entries(loadSdks).flatMap(([language, sdk]) => {
    if (!isInstalled(sdk)) {
      console.log(
        `without the SDK for ${language}: scripts/install-peers.sh ${language} installs it`,
      )
      return []
    }
    const load = { endpoint, spans, seconds }
    return [
      {
        name: `${language} sdk, patient`,
        isPatient: true,
        outcome: sendSteadily(sdk, { ...load, patienceSeconds }),
      },
      { name: `${language} sdk, defaults`, isPatient: false, outcome: sendSteadily(sdk, load) },
    ]
  })
}

/** What became of the SDKs' spans: figures, and a line for each fault. */
export async function checkSdks(
  sdks: readonly Running[],
  client: QueryClient,
): Promise<{ readonly figures: Record<string, number>; readonly faults: readonly string[] }> {
  const figures: Record<string, number> = {}
  const faults: string[] = []
  const find = async (traceId: string): Promise<readonly string[]> => {
    const { messages } = await client.ask({ method: 'GetTrace', traceId })
    return messages.flatMap(spanIdsIn)
  }
  for (const { name, isPatient, outcome } of sdks) {
    const sent = await outcome
    const [made, delivered] = [countOf(sent.made), countOf(sent.delivered)]
    figures[`${name}: spans made`] = made
    figures[`${name}: spans taken`] = delivered
    figures[`${name}: times refused`] = sent.refusals
    if (isPatient && delivered < made) faults.push(`${name}: ${made - delivered} spans not taken`)
    if (sent.refusalsRetryInfo < sent.refusals) faults.push(`${name}: refused without RetryInfo`)
    faults.push(...(await faultsOf(sent, find)).map((fault) => `${name}: ${fault}`))
  }
  return { figures, faults }
}
