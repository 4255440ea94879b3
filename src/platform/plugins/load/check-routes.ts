import { z } from 'zod'
import { ROUTE_METHODS } from '../../declare/routes/request.ts'
import { callback, sentence } from './check-shapes.ts'

/** Largest body that a route may accept, in bytes: the limit for every request to the server. */
const MAX_BODY_BYTES = 5_000_000

const PATH = /^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

const header = z.string().regex(HEADER, 'is not the name of a header in lower case')
const secret = z.string('is missing or not the name of a secret')
const toleranceSeconds = z
  .int('is not a whole number of seconds')
  .min(1, 'is less than 1 second')
  .max(3_600, 'is more than 3,600 seconds')
  .optional()

const verification = z.discriminatedUnion(
  'scheme',
  [
    z.strictObject({
      scheme: z.literal('hmac-sha256'),
      header,
      secret,
      encoding: z.enum(['hex', 'base64']).optional(),
      prefix: z.string().optional(),
      timestamp: z.strictObject({ header, toleranceSeconds }).optional(),
    }),
    z.strictObject({ scheme: z.enum(['stripe', 'standard-webhooks']), secret, toleranceSeconds }),
    z.strictObject({ scheme: z.enum(['bearer', 'basic']), secret }),
    z.strictObject({ scheme: z.literal('header-token'), header, secret }),
    z.strictObject({ scheme: z.literal('own'), description: sentence, verify: callback }),
    z.strictObject({ scheme: z.literal('none'), reason: sentence }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union'
        ? 'has an unknown scheme: it is hmac-sha256, stripe, standard-webhooks, bearer, basic, header-token, own or none'
        : "is missing: say how the sender is verified; { scheme: 'none', reason: '…' } accepts everyone",
  },
)

const route = z.strictObject({
  name: z.string(),
  description: sentence,
  path: z
    .string()
    .max(200, 'has more than 200 characters')
    .regex(PATH, 'is not lower-case letters, digits and hyphens with / between them, such as payments/refunds'),
  methods: z.array(z.enum(ROUTE_METHODS)).min(1, 'names no method, so the route is never served').optional(),
  verify: verification,
  headers: z.array(header).optional(),
  body: z.custom((value) => value instanceof z.ZodType, 'is not a schema of zod, such as z.object({ … })').optional(),
  maxBodyBytes: z
    .int('is not a whole number of bytes')
    .min(1, 'is less than 1 byte')
    .max(MAX_BODY_BYTES, 'is more than 5,000,000 bytes')
    .optional(),
  idempotencyKey: callback.optional(),
  handle: callback,
})

/** Zod schema of the key `routes` of a plugin's declaration. */
export const routes = z.array(route).optional()

/** What the checks of routes need of a plugin's declaration. */
export interface RoutesAndSecrets {
  readonly routes?: z.infer<typeof routes>
  readonly settings?: { readonly secrets?: Readonly<Record<string, string>> | undefined } | undefined
}

/**
 * Returns a problem for each method and path that two routes have, and for each secret that a route names and that the
 * plugin does not declare.
 */
export function routeProblems({ routes: declared = [], settings }: RoutesAndSecrets): string[] {
  const addresses = declared.flatMap(({ path, methods = ['POST'] }) => methods.map((method) => `${method} ${path}`))
  const repeated = [...new Set(addresses.filter((address, index) => addresses.indexOf(address) !== index))]
  const known = Object.keys(settings?.secrets ?? {})
  return [
    ...repeated.map((address) => `routes: ${address} is declared twice.`),
    ...declared.flatMap(({ verify }, index) =>
      'secret' in verify && !known.includes(verify.secret)
        ? [
            `routes[${index}].verify.secret: the plugin declares no secret ${JSON.stringify(verify.secret)}. Add it to settings.secrets.`,
          ]
        : [],
    ),
  ]
}
