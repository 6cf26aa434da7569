/**
 * The service name that the OpenTelemetry Collector's translators write for a resource without one;
 * the READMEs of the formats say when.
 */
export const noServiceName = 'OTLPResourceNoServiceName'
