import t from 'tap'
import { OwnerNames } from '../../../src/stores/cassandra/owner-names.ts'

function host(address: string, datacenter = 'here') {
  return { address, datacenter }
}

t.test('OwnerNames.of() names the nodes of its data centre, in one order', async (t) => {
  const names = new OwnerNames('here')
  t.equal(names.of([host('b'), host('x', 'there'), host('a')]), 'a b')
  t.equal(names.of([host('a'), host('b')]), 'a b')
  t.equal(names.of([host('x', 'there')]), '')
})

t.test('OwnerNames.of() looks at a list of the driver once', async (t) => {
  let looks = 0
  const owner = {
    datacenter: 'here',
    get address(): string {
      looks += 1
      return 'a'
    },
  }
  const names = new OwnerNames('here')
  const owners = [owner]
  for (let call = 0; call < 3; call++) t.equal(names.of(owners), 'a')
  t.equal(looks, 1)
  t.equal(names.of([owner]), 'a')
  t.equal(looks, 2, 'another list is another range, or comes after a change of nodes')
})
