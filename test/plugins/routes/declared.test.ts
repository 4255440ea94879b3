import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { defineRoute, type Route, z } from '../../../src/plugin.ts'
import { createTestInstallation, type TestInstallation } from '../lifecycle/installation.ts'

let installation: TestInstallation
beforeAll(async () => {
  installation = await createTestInstallation()
})
afterAll(() => installation.close())

/** What `rapport plugin plan` prints for a plugin with the routes; `key` is its only secret. */
async function plan(routes: string): Promise<string> {
  await installation.write({
    'plugins/bank/plugin.ts': `import { definePlugin, z } from 'rapport/plugin'
const handle = () => ({ status: 204 })
export default definePlugin({
  id: 'bank', description: 'Payments.', version: '1.0.0', api: '^1.0.0',
  settings: { secrets: { key: 'Signing key.' } },
  routes: [${routes}],
})
`,
  })
  return (await installation.rapport('plugin', 'plan', './plugins/bank')).text
}

const route = (more: string, name = 'bank.paid') =>
  `{ name: '${name}', description: 'A payment.', path: 'paid', handle, ${more} }`
const BEARER = "verify: { scheme: 'bearer', secret: 'key' }"

it('`rapport plugin plan` lists the routes with methods, path and verification, and names those without', async () => {
  const text = await plan(
    [
      route("verify: { scheme: 'hmac-sha256', header: 'x-signature', secret: 'key' }"),
      route(`${BEARER}, methods: ['GET', 'PUT'], path: 'paid/state'`, 'bank.state'),
      route("verify: { scheme: 'none', reason: 'The bank signs nothing.' }, path: 'ping'", 'bank.ping'),
    ].join(', '),
  )
  expect(text).toContain(`HTTP routes, which other systems can call:
- POST /plugins/bank/<workspace>/paid: A payment. Verified by an HMAC-SHA256 of the body in the header x-signature, with the secret key.
- GET, PUT /plugins/bank/<workspace>/paid/state: A payment. Verified by the secret key as a bearer token.
- POST /plugins/bank/<workspace>/ping: A payment. NOT VERIFIED, everyone can send requests: The bank signs nothing.
`)
  expect(text).toContain('No problems were found.')
})

describe('`rapport plugin plan` refuses a plugin, and names the place of each problem, when a route', () => {
  it('has a part of a wrong form', async () => {
    const wrong: readonly [more: string, problem: string][] = [
      ['', 'verify: is missing: say how the sender is verified'],
      ["verify: { scheme: 'none' }", 'verify.reason: is missing'],
      ["verify: { scheme: 'md5' }", 'verify.scheme: has an unknown scheme'],
      ["verify: { scheme: 'hmac-sha256', secret: 'key' }", 'verify.header: '],
      [
        "verify: { scheme: 'stripe', secret: 'key', toleranceSeconds: 86_400 }",
        'verify.toleranceSeconds: is more than 3,600 seconds',
      ],
      [`${BEARER}, path: '/paid'`, 'path: is not lower-case letters, digits and hyphens'],
      [`${BEARER}, path: 'a/../b'`, 'path: is not lower-case letters, digits and hyphens'],
      [`${BEARER}, methods: []`, 'methods: names no method'],
      [`${BEARER}, headers: ['X-Id']`, 'headers[0]: is not the name of a header in lower case'],
      [`${BEARER}, maxBodyBytes: 6e6`, 'maxBodyBytes: is more than 5,000,000 bytes'],
      [`${BEARER}, body: {}`, 'body: is not a schema of zod'],
      [`${BEARER}, handle: 1`, 'handle: is missing or not a function'],
      [`${BEARER}, header: []`, 'an unknown key header: did you mean headers?'],
    ]
    const text = await plan(wrong.map(([more], index) => route(more, `bank.r${index}`)).join(', '))
    const lines = text.split('\n')
    for (const [index, [, problem]] of wrong.entries()) {
      const line = lines.find((each) => each.startsWith(`- routes[${index}]`) && each.includes(problem))
      expect(line, problem).toBeDefined()
    }
  })

  it('names a secret that is not declared, or has the address of another or the name of another plugin', async () => {
    const text = await plan(
      [
        route("verify: { scheme: 'stripe', secret: 'other' }"),
        route(`${BEARER}, methods: ['PUT', 'POST']`, 'shop.paid'),
      ].join(', '),
    )
    for (const problem of [
      'routes[0].verify.secret: the plugin declares no secret "other". Add it to settings.secrets.',
      'routes: POST paid is declared twice.',
      'routes[1].name: "shop.paid" does not begin with the plugin\'s id: write bank.shop.paid.',
    ])
      expect(text).toContain(problem)
  })
})

/** The compiler checks these types; nothing is checked at run time. */
it('the TypeScript types of a request follow from the schema of the body and the names of the headers', () => {
  const typed = defineRoute({
    name: 'bank.typed',
    description: 'Typed.',
    path: 'typed',
    headers: ['x-event'],
    body: z.object({ id: z.string(), count: z.int().default(1) }),
    verify: {
      scheme: 'own',
      description: 'Typed too.',
      verify: ({ headers }) => headers['x-event'] === 'known',
    },
    idempotencyKey: ({ body, headers }) => headers['x-event'] ?? body.id,
    handle({ body, headers }) {
      expectTypeOf(body).toEqualTypeOf<{ id: string; count: number }>()
      expectTypeOf(headers['x-event']).toEqualTypeOf<string | null>()
      // @ts-expect-error The route does not name this header.
      void headers['x-other']
      return { status: 200, body: { count: body.count } }
    },
  })
  expectTypeOf(typed).toEqualTypeOf<Route>()
  defineRoute({
    name: 'bank.untyped',
    description: 'Without a schema.',
    path: 'untyped',
    verify: { scheme: 'none', reason: 'Nothing happens.' },
    handle({ body, headers, text }) {
      expectTypeOf(body).toEqualTypeOf<undefined>()
      // @ts-expect-error The route names no header.
      void headers['x-other']
      return { status: 200, body: text }
    },
  })
  // @ts-expect-error The verification is missing.
  defineRoute({ name: 'bank.open', description: 'Open.', path: 'open', handle: () => ({ status: 204 }) })
})
