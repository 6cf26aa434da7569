import type { Random } from './random.ts'

/** Names of the services of the shop, for help texts and tests. */
const shopServices = [
  'storefront',
  'cart',
  'catalog',
  'checkout',
  'payment',
  'shipping',
  'stock-db',
] as const
/** One of `shopServices`. */
export type ShopService = (typeof shopServices)[number]

/** One call of a service and what it calls; durations are what it takes without its children. */
export interface Step {
  readonly service: ShopService
  readonly name: string
  readonly ownMs: number
  readonly attributes: (random: Random) => Record<string, string | number>
  readonly calls?: readonly Step[]
  /** Of 1: how often it fails. */
  readonly errorRate?: number
  readonly error?: string
}

const query = (table: string, ownMs: number): Step => ({
  service: 'stock-db',
  name: `SELECT ${table}`,
  ownMs,
  attributes: () => ({ 'db.system.name': 'postgresql', 'db.collection.name': table }),
})

const viewCart: Step = {
  service: 'cart',
  name: 'CartService/GetCart',
  ownMs: 4,
  attributes: (random) => ({ 'rpc.system': 'grpc', 'app.cart.items': below(random, 9) }),
  calls: [query('cart_items', 3)],
}

const pay: Step = {
  service: 'payment',
  name: 'PaymentService/Charge',
  ownMs: 45,
  attributes: (random) => ({
    'rpc.system': 'grpc',
    'app.payment.amount': below(random, 90_000) / 100,
  }),
  errorRate: 0.06,
  error: 'card was declined',
}

const ship: Step = {
  service: 'shipping',
  name: 'ShippingService/Quote',
  ownMs: 12,
  attributes: (random) => ({ 'rpc.system': 'grpc', 'app.shipping.zone': below(random, 7) }),
}

const journeys: readonly { readonly share: number; readonly root: Step }[] = [
  {
    share: 0.55,
    root: {
      service: 'storefront',
      name: 'GET /products/{id}',
      ownMs: 6,
      attributes: (random) => http('GET', `/products/${below(random, 5000)}`),
      calls: [
        {
          service: 'catalog',
          name: 'CatalogService/GetProduct',
          ownMs: 5,
          attributes: (random) => ({ 'rpc.system': 'grpc', 'app.product.id': below(random, 5000) }),
          calls: [query('products', 4), query('prices', 2)],
          errorRate: 0.01,
          error: 'product is not there',
        },
      ],
    },
  },
  {
    share: 0.3,
    root: {
      service: 'storefront',
      name: 'GET /cart',
      ownMs: 5,
      attributes: () => http('GET', '/cart'),
      calls: [viewCart],
    },
  },
  {
    share: 0.15,
    root: {
      service: 'storefront',
      name: 'POST /checkout',
      ownMs: 9,
      attributes: () => http('POST', '/checkout'),
      calls: [
        viewCart,
        {
          service: 'checkout',
          name: 'CheckoutService/PlaceOrder',
          ownMs: 14,
          attributes: (random) => ({
            'rpc.system': 'grpc',
            'app.order.id': `order-${below(random, 1e6)}`,
          }),
          calls: [pay, ship, query('orders', 6)],
        },
      ],
    },
  },
]

/** What the next customer does. */
export function pickJourney(random: Random): Step {
  let rest = random.next()
  for (const { share, root } of journeys) {
    rest -= share
    if (rest < 0) return root
  }
  return (journeys[0] as (typeof journeys)[number]).root
}

function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit)
}

function http(method: string, path: string): Record<string, string | number> {
  return { 'http.request.method': method, 'url.path': path, 'http.response.status_code': 200 }
}
