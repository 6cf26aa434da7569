import { Server } from 'node:net'
import t from 'tap'
import { bindAddresses } from '../../src/transport/bind-addresses.ts'

t.test('bindAddresses() tells of connections that could not be taken, and goes on', async (t) => {
  const servers: Server[] = []
  const { listen } = Server.prototype
  t.teardown(() => {
    Server.prototype.listen = listen
  })
  Server.prototype.listen = function (this: Server, ...given: unknown[]) {
    servers.push(this)
    return listen.apply(this, given as never)
  } as typeof listen
  const told: Error[] = []
  const onError = (error: Error): number => told.push(error)
  const bound = await bindAddresses({
    addresses: ['127.0.0.1'],
    port: 0,
    onConnection: () => {},
    onError,
  })
  t.teardown(() => bound.close())
  const error = Object.assign(new Error('accept ENFILE'), { code: 'ENFILE' })
  // As Node emits what accept() says; without a listener it is thrown.
  for (let at = 0; at < 3; at++) t.doesNotThrow(() => servers[0]?.emit('error', error))
  t.same(told, [error, error, error])
})
