import t from 'tap'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../../bridge/otlp/encode-json.ts'
import { groupWith } from '../round-trip/plain-group.ts'
import { foreignEncode } from './foreign-decode.ts'

t.test(
  'jsonOfGroups() writes -0 so that JSON keeps its sign, and protobufjs reads it',
  async (t) => {
    const group = groupWith({ attributes: [{ key: 'zero', value: { kind: 'double', value: -0 } }] })
    const text = JSON.stringify(jsonOfGroups([group]))
    t.match(text, '{"doubleValue":"-0"}')
    const spans = [
      {
        trace_id: group.spans[0]?.traceId,
        span_id: group.spans[0]?.spanId,
        name: 'n',
        attributes: [{ key: 'zero', value: { double_value: '-0' } }],
      },
    ]
    const foreign = foreignEncode({ resource_spans: [{ scope_spans: [{ spans }] }] })
    const [read] = groupsOf(decodeRequest(foreign, { arrivalUnixMs: 0 }).batch)
    t.strictSame(read?.spans[0]?.attributes[0]?.value, { kind: 'double', value: -0 })
  },
)
