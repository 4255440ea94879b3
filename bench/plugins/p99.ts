// How long core's point read and create take in one workspace while the plugin of another one fails all the time: a rule that
// throws, a rule that computes until it is stopped, a field that computes until it is stopped. Run: node bench/plugins/p99.ts
// Rounds with and without are taken in turn, in one process and on one database, beside the same traffic of the other
// workspace: in half of the bad rounds quarantine ends it after three failures, in the others every failure is forgiven.
// Prints milliseconds.

import { resolved } from '../../src/platform/declare/objects/fields.ts'
import { definePlugin } from '../../src/platform/declare/plugin.ts'
import { defineRule } from '../../src/platform/declare/rules/rule.ts'
import { openTestServer } from '../../src/testing/server.ts'

const ROUNDS = 6
const ROUND_MS = 4_000
const CREATE =
  'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { message } } }'
const READ = 'query ($id: ID!) { account(id: $id) { id name version industry } }'

const loop = (): never => {
  for (;;);
}
const bad = definePlugin({
  id: 'bad',
  description: 'Fails.',
  version: '1.0.0',
  api: '^1.0.0',
  extend: {
    Account: {
      bad: resolved({
        description: 'Bad.',
        type: 'Int',
        needs: ['name'],
        resolve: () => {
          throw new Error('No.')
        },
      }),
    },
  },
  rules: [
    defineRule({
      name: 'bad.rule',
      description: 'Fails.',
      object: 'Account',
      on: ['create'],
      before({ values }) {
        if (values.name === 'loops') loop()
        if (values.name === 'throws') throw new Error('No.')
        return undefined
      },
    }),
  ],
})

type Times = Record<'read' | 'create', number[]>
const calm: Times = { read: [], create: [] }
const troubled: Times = { read: [], create: [] }
const failures: Record<string, number> = {}

const server = await openTestServer({ plugins: [{ plugin: bad }], poolSize: 10 })
try {
  const core = server.as('member', 'globex')
  const made = await core.must<{ createAccount: { account: { id: string } } }, object>(CREATE, { name: 'Core' })
  const { id } = made.createAccount.account
  const admin = server.as('admin', 'acme')

  /** The same traffic in both kinds of rounds, at most one request at a time; in the calm ones nothing of it fails. */
  const calmly = async (until: number) => {
    while (performance.now() < until) {
      await admin.must<unknown, object>(CREATE, { name: 'fine' })
      await admin.must('{ accounts(first: 10) { nodes { name } } }')
    }
  }
  const trouble = async (until: number, mode: 'quarantine' | 'forgiven') => {
    const send = async (name: string) => {
      const { errors } = await admin.query<unknown, object>(CREATE, { name })
      const code = String(errors[0]?.extensions?.['code'] ?? 'written')
      failures[`${name}: ${code}`] = (failures[`${name}: ${code}`] ?? 0) + 1
    }
    for (const name of ['loops', 'loops', 'loops']) await send(name)
    while (performance.now() < until) {
      await send('throws')
      const { errors } = await admin.query('{ accounts(first: 10) { nodes { bad } } }')
      const what = errors[0]?.extensions?.['code'] ?? errors[0]?.message ?? 'answered'
      failures[`field: ${String(what)}`] = (failures[`field: ${String(what)}`] ?? 0) + 1
      if (mode === 'forgiven')
        await server.app.database.ownerPool.query(
          'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
        )
    }
  }
  const measure = async (times: Times, until: number) => {
    const one = async (kind: keyof Times, document: string, variables: object) => {
      const startedAt = performance.now()
      const { errors } = await core.query<unknown, object>(document, variables)
      if (errors.length > 0) throw new Error(`Core answered ${JSON.stringify(errors)}`)
      times[kind].push(performance.now() - startedAt)
    }
    while (performance.now() < until) {
      for (let reads = 0; reads < 4; reads++) await one('read', READ, { id })
      await one('create', CREATE, { name: 'More' })
    }
  }

  await server.app.database.ownerPool.query(
    `update plugin_activations set is_enabled = false where workspace_id = $1`,
    [core.actor.workspaceId],
  )
  await measure({ read: [], create: [] }, performance.now() + 2_000)
  for (let round = 0; round < ROUNDS; round++) {
    const calmUntil = performance.now() + ROUND_MS
    await Promise.all([measure(calm, calmUntil), calmly(calmUntil)])
    await server.app.database.ownerPool.query(
      'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
    )
    const until = performance.now() + ROUND_MS
    await Promise.all([measure(troubled, until), trouble(until, round % 2 === 0 ? 'quarantine' : 'forgiven')])
  }
} finally {
  await server.close()
}

for (const kind of ['read', 'create'] as const)
  for (const [name, times] of [
    ['without', calm[kind]],
    ['with a bad plugin elsewhere', troubled[kind]],
  ] as const) {
    const sorted = times.toSorted((one, other) => one - other)
    const at = (part: number) => (sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0).toFixed(2)
    console.log(`${kind} ${name}: n ${sorted.length}, p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`)
  }
console.log('What the bad plugin did:', failures)
