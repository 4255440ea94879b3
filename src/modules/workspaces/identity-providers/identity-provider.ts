import { z } from 'zod'
import { text } from '../../../platform/declare/objects/column-input.ts'
import { items } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { IDENTITY_ALGORITHMS } from '../../../platform/identity/providers/algorithms.ts'

const MAX_AUDIENCES = 50

const mapping = defineItem({
  model: 'IdentityProviderRole',
  columns: { group: {} },
  relations: { role: {} },
})

const algorithm = z
  .string()
  .refine(
    (name) => IDENTITY_ALGORITHMS.includes(name),
    `Must be a signature algorithm with a public key: ${IDENTITY_ALGORITHMS.join(', ')}.`,
  )

/** Name of a claim, such as `email` or `https://acme.example/groups`. */
const claim = text(200)

export const identityProvider = defineObject({
  model: 'IdentityProvider',
  prefix: 'idp',
  plural: 'identityProviders',
  naturalKey: ['name'],
  columns: {
    name: {},
    issuer: {},
    audiences: {
      input: z
        .array(text().min(1, 'Must not be empty.'))
        .min(
          1,
          'At least one audience: the client id of a front-end. Without an audience, tokens for any application would be accepted.',
        )
        .max(MAX_AUDIENCES, `At most ${MAX_AUDIENCES} audiences.`),
    },
    algorithms: { input: z.array(algorithm).min(1, 'At least one algorithm.') },
    emailClaim: { input: claim.min(1, 'Must not be empty.') },
    rolesClaim: { input: claim.transform((name) => (name === '' ? null : name)) },
    createsUsers: {},
    isActive: {},
  },
  relations: { defaultRole: {} },
  fields: {
    roles: items({
      description:
        'Roles of users by their groups at the provider. At each sign-in, a user gets the roles of their groups, and loses roles that are in this list only for other groups.',
      item: mapping,
      by: 'identityProvider',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
