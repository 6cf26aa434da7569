# Sends the order story with Jaeger's client for Ruby, over UDP to an agent or over HTTP to a
# collector, and prints what the client recorded.
require 'jaeger/client'
require 'optparse'

options = { protocol: 'udp', traces: 1, run: 'run', 'start-ms': (Time.now.to_f * 1000).to_i - 60_000 }
OptionParser.new do |parser|
  parser.on('--endpoint HOST:PORT')
  parser.on('--protocol NAME')
  parser.on('--traces N', Integer)
  parser.on('--run TEXT')
  parser.on('--start-ms MS', Integer)
end.parse!(into: options)

# The client logs what it cannot send, and goes on.
class Failures < Logger
  attr_reader :count

  def initialize
    super($stderr)
    @count = 0
  end

  def error(message)
    @count += 1
    super
  end
end

# Keeps the spans beside those who send them.
class Recorder
  attr_reader :spans

  def initialize
    @spans = []
  end

  def report(span)
    @spans << span
  end
end

def value(tag)
  case tag.vType
  when Jaeger::Thrift::TagType::DOUBLE then { double: tag.vDouble }
  when Jaeger::Thrift::TagType::BOOL then { bool: tag.vBool }
  when Jaeger::Thrift::TagType::LONG then { int: tag.vLong.to_s }
  when Jaeger::Thrift::TagType::BINARY then { bytes: [tag.vBinary].pack('m0') }
  else { string: tag.vStr }
  end
end

def tags(list)
  list.map { |tag| { key: tag.key, value: value(tag) } }
end

def micros(time)
  (time.to_f * 1_000_000).to_i
end

def ids(context)
  { traceId: format('%032x', context.trace_id), spanId: format('%016x', context.span_id) }
end

TYPES = {
  OpenTracing::Reference::CHILD_OF => 'CHILD_OF',
  OpenTracing::Reference::FOLLOWS_FROM => 'FOLLOWS_FROM'
}.freeze

def describe(span, process)
  context = span.context
  # A parent that is given as child_of is a field of its own and no reference.
  parents = (span.references || []).map { |ref| { type: TYPES.fetch(ref.type), **ids(ref.context) } }
  if parents.empty? && context.parent_id != 0
    parents << { type: 'CHILD_OF', traceId: format('%032x', context.trace_id),
                 spanId: format('%016x', context.parent_id) }
  end
  {
    **ids(context),
    operationName: span.operation_name,
    references: parents,
    flags: context.flags,
    startNano: (micros(span.start_time) * 1000).to_s,
    durationNano: ((micros(span.end_time) - micros(span.start_time)) * 1000).to_s,
    tags: tags(span.tags),
    logs: span.logs.map { |log| { timeNano: (log.timestamp * 1000).to_s, fields: tags(log.fields) } },
    process: process,
    warnings: []
  }
end

def order(tracer, run, trace, start)
  root = tracer.start_span('POST /orders', start_time: start, tags: {
    'span.kind' => 'server', 'test.run' => run, 'customer' => 'Zoë',
    'order.number' => 9_007_199_254_740_993 + trace, 'order.total' => 12.5 + trace,
    'order.gift' => trace.even?, 'empty' => ''
  })
  root.set_tag('error', true).set_tag('sampling.priority', 1) if trace.odd?
  root.set_baggage_item('tenant', 'blue')
  root.log_kv(timestamp: start + 0.001, event: 'order.checked', rows: 3, cached: true)
  root.log_kv(timestamp: start + 0.004, message: 'no event name', ratio: 0.1)
  query = tracer.start_span('SELECT orders', child_of: root, start_time: start + 0.002,
                                             tags: { 'span.kind' => 'client', 'db.system' => 'sqlite' })
  mail = tracer.start_span('send mail', references: [OpenTracing::Reference.follows_from(query.context)],
                                        start_time: start + 0.03, tags: { 'span.kind' => 'consumer' })
  query.finish(end_time: start + 0.011)
  mail.finish(end_time: start + 0.035)
  root.finish(end_time: start + 0.02)
end

failures = Failures.new
own = { 'canary' => true, 'pid' => 9_007_199_254_740_993, 'weight' => 0.75, 'zone' => 'Zürich' }
encoder = Jaeger::Encoders::ThriftEncoder.new(service_name: 'ruby-client-orders', tags: own, logger: failures)
sender =
  if options[:protocol] == 'http'
    Jaeger::HttpSender.new(url: "http://#{options[:endpoint]}/api/traces", encoder: encoder, logger: failures)
  else
    host, port = options[:endpoint].split(':')
    Jaeger::UdpSender.new(host: host, port: port.to_i, encoder: encoder, logger: failures)
  end
remote = Jaeger::Reporters::RemoteReporter.new(sender: sender, flush_interval: 60)
recorder = Recorder.new
tracer = Jaeger::Client.build(
  service_name: 'ruby-client-orders',
  reporter: Jaeger::Reporters::CompositeReporter.new(reporters: [remote, recorder])
)
options[:traces].times do |trace|
  order(tracer, options[:run], trace, Time.at(options[:'start-ms'] / 1000 + trace))
end
remote.flush
abort 'jaeger_client.rb: the client could not send' if failures.count.positive?

sent = encoder.encode([]).process
process = { serviceName: sent.serviceName, tags: tags(sent.tags) }
puts JSON.generate(client: 'ruby-jaeger-client', spans: recorder.spans.map { |span| describe(span, process) })
