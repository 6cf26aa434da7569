import { textTable } from '../wire/text-table.ts'

/**
 * Tags that mean something of their own, to OpenTelemetry's exporters for Zipkin and to the
 * Collector's translator.
 *
 * Source: opentelemetry-collector-contrib v0.155.0, pkg/translator/zipkin/zipkinv2;
 * OpenTelemetry specification, trace/sdk_exporters/zipkin.md.
 */
export const TagName = {
  error: 'error',
  statusCode: 'otel.status_code',
  statusDescription: 'otel.status_description',
  spanKind: 'span.kind',
  traceState: 'w3c.tracestate',
  scopeName: 'otel.scope.name',
  scopeVersion: 'otel.scope.version',
  libraryName: 'otel.library.name',
  libraryVersion: 'otel.library.version',
  serviceNameSource: 'otlp.service.name.source',
  serviceName: 'service.name',
} as const

/** Of links: `otlp.link.0`, `otlp.link.1` and so on. */
export const linkPrefix = 'otlp.link.'

/** Attributes for what OTLP has no field for. */
export const AttributeName = {
  /** A boolean: the span came without a start, and got 1970. */
  startAbsent: 'otel.zipkin.absentField.startTime',
  /** A boolean: both sides of a call report under one id, and this is the server's. */
  shared: 'zipkin.shared',
  /** A boolean: somebody wanted this trace kept whatever the sampling. */
  debug: 'zipkin.debug',
  localAddress: 'network.local.address',
  localPort: 'net.host.port',
  remoteService: 'service.peer.name',
  remoteAddress: 'network.peer.address',
  remotePort: 'net.peer.port',
  /** The IPv4 address of an endpoint that has one of IPv6 as well. */
  localIpv4: 'net.host.ip',
  remoteIpv4: 'net.peer.ip',
} as const

/** The special tags' indexes in `knownTags`; what is behind them says something of the resource. */
export const Special = {
  error: 0,
  statusCode: 1,
  statusDescription: 2,
  spanKind: 3,
  traceState: 4,
  scopeName: 5,
  scopeVersion: 6,
  libraryName: 7,
  libraryVersion: 8,
  serviceNameSource: 9,
  serviceName: 10,
} as const
/** How many there are. */
export const specialCount = 11

/**
 * Tags that say something of the process, not of the operation.
 *
 * Source: opentelemetry-collector-contrib v0.155.0, zipkinv2/to_translator.go, nonSpanAttributes;
 * OpenTelemetry's semantic conventions for resources, 1.18 to 1.40.
 */
const resourceTags = [
  ...named('cloud', 'provider account.id region availability_zone platform resource_id'),
  ...named('aws', 'ecs.container.arn ecs.cluster.arn ecs.launchtype ecs.task.arn ecs.task.family'),
  ...named('aws', 'ecs.task.revision eks.cluster.arn'),
  ...named('aws.log', 'group.names group.arns stream.names stream.arns'),
  ...named('container', 'name id runtime image.name image.tag'),
  ...named('deployment', 'environment'),
  ...named('device', 'id model.identifier model.name manufacturer'),
  ...named('faas', 'name id version instance max_memory'),
  ...named('host', 'id name type arch image.name image.id image.version'),
  ...named('k8s', 'cluster.name node.name node.uid namespace.name pod.uid pod.name'),
  ...named('k8s', 'container.name container.restart_count replicaset.uid replicaset.name'),
  ...named('k8s', 'deployment.uid deployment.name statefulset.uid statefulset.name'),
  ...named('k8s', 'daemonset.uid daemonset.name job.uid job.name cronjob.uid cronjob.name'),
  ...named('os', 'type description name version'),
  ...named('process', 'pid executable.name executable.path command command_line command_args'),
  ...named('process', 'owner runtime.name runtime.version runtime.description'),
  ...named('service', 'namespace instance.id version'),
  ...named('telemetry', 'sdk.name sdk.language sdk.version auto.version'),
  ...named('webengine', 'name version description'),
  ...named('opencensus', 'starttime exporterversion resourcetype'),
]

function named(prefix: string, names: string): string[] {
  return names.split(' ').map((name) => `${prefix}.${name}`)
}

/** The special tags in the order of `Special`, then those of resources. */
export const knownTags = textTable([...Object.values(TagName), ...resourceTags])
