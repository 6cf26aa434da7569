/** Every kind of entry, in YAML, a known one on each line. */
export const sampleYaml = `default_strategy:
  type: probabilistic
  param: 0.5
  operation_strategies:
    - {operation: /health, type: probabilistic, param: 0}
    - {operation: GET /cart, type: probabilistic, param: 0.25}
service_strategies:
  - service: cart
    type: probabilistic
    param: 0.8
    operation_strategies:
      - operation: GET /cart
        type: probabilistic
        param: 1
  - {service: stock, type: ratelimiting, param: 5}
  - {service: plain, type: probabilistic, param: 0.1}
  - service: limited
    type: ratelimiting
    param: 7
    operation_strategies:
      - {operation: pay, type: probabilistic, param: 0.75}
`
