/** A document of strategies. @param operations of each service; the names are the service's own */
export function strategiesDocument(services: number, operations: number): object {
  const list = (size: number) => Array.from({ length: size }, (_, index) => index)
  return {
    service_strategies: list(services).map((service) => ({
      service: `service-${service}`,
      type: 'probabilistic',
      param: 0.1,
      operation_strategies: list(operations).map((index) => ({
        operation: operationName(service, index),
        type: 'probabilistic',
        param: 1 / (index + 2),
      })),
    })),
  }
}

/** Of its service alone: what is kept of names that many have counts for less. */
export function operationName(service: number, index: number): string {
  return `GET /api/${service}/items/${index}`
}
