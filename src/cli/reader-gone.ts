import { GatewayError } from '../errors/gateway-error.ts'

/** Whoever read our output has gone, as `head` does once it has enough. */
export class ReaderGone extends GatewayError {
  constructor(cause: Error) {
    super('cancelled', 'Cannot write output: nobody reads it any more', { cause })
  }
}
