// Measures how long a read of one record and a create take in one workspace while a plugin of another workspace always
// fails: with a rule that throws, a rule that runs until it is stopped, and a field that throws.
//
// Run: node bench/plugins/p99.ts
//
// Rounds with and without failures are measured in turn, in one process and on one database. In both kinds of rounds,
// the other workspace sends requests. In half of the rounds with failures, the plugin is put into quarantine after
// three failures; in the other half, its strikes are reset after each failure. Prints milliseconds.

import { resolved } from '../../src/platform/declare/objects/fields.ts'
import { definePlugin } from '../../src/platform/declare/plugin.ts'
import { defineRule } from '../../src/platform/declare/rules/rule.ts'
import { openTestServer } from '../../src/testing/server.ts'

const ROUNDS = 6
const ROUND_MS = 4_000
const CREATE =
  'mutation ($name: String!) { createAccount(input: { name: $name }) { account { id } userErrors { message } } }'
const READ = 'query ($id: ID!) { account(id: $id) { id name version industry } }'

const loopForever = (): never => {
  for (;;);
}
const bad = definePlugin({
  id: 'bad',
  description: 'A plugin that fails.',
  version: '1.0.0',
  api: '^1.0.0',
  extend: {
    Account: {
      bad: resolved({
        description: 'A field that throws.',
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
      description: 'A rule that throws or does not end.',
      object: 'Account',
      on: ['create'],
      before({ values }) {
        if (values.name === 'loops') loopForever()
        if (values.name === 'throws') throw new Error('No.')
        return undefined
      },
    }),
  ],
})

type Times = Record<'read' | 'create', number[]>
const timesWithout: Times = { read: [], create: [] }
const timesWith: Times = { read: [], create: [] }
const outcomes: Record<string, number> = {}

const server = await openTestServer({ plugins: [{ plugin: bad }], poolSize: 10 })
try {
  const core = server.as('member', 'globex')
  const created = await core.must<{ createAccount: { account: { id: string } } }, object>(CREATE, { name: 'Core' })
  const { id } = created.createAccount.account
  const admin = server.as('admin', 'acme')

  /** Sends the requests of the other workspace in rounds without failures, one at a time. None of them fails. */
  const sendWorking = async (until: number) => {
    while (performance.now() < until) {
      await admin.must<unknown, object>(CREATE, { name: 'fine' })
      await admin.must('{ accounts(first: 10) { nodes { name } } }')
    }
  }
  /** Sends the requests of the other workspace in rounds with failures, one at a time. */
  const sendFailing = async (until: number, mode: 'quarantine' | 'reset strikes') => {
    const send = async (name: string) => {
      const { errors } = await admin.query<unknown, object>(CREATE, { name })
      const code = String(errors[0]?.extensions?.['code'] ?? 'written')
      outcomes[`${name}: ${code}`] = (outcomes[`${name}: ${code}`] ?? 0) + 1
    }
    for (const name of ['loops', 'loops', 'loops']) await send(name)
    while (performance.now() < until) {
      await send('throws')
      const { errors } = await admin.query('{ accounts(first: 10) { nodes { bad } } }')
      const outcome = errors[0]?.extensions?.['code'] ?? errors[0]?.message ?? 'no error'
      outcomes[`field: ${String(outcome)}`] = (outcomes[`field: ${String(outcome)}`] ?? 0) + 1
      if (mode === 'reset strikes')
        await server.app.database.ownerPool.query(
          'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
        )
    }
  }
  const measure = async (times: Times, until: number) => {
    const measureOne = async (kind: keyof Times, document: string, variables: object) => {
      const startedAt = performance.now()
      const { errors } = await core.query<unknown, object>(document, variables)
      if (errors.length > 0)
        throw new Error(`A request of the workspace without the plugin failed: ${JSON.stringify(errors)}`)
      times[kind].push(performance.now() - startedAt)
    }
    while (performance.now() < until) {
      for (let reads = 0; reads < 4; reads++) await measureOne('read', READ, { id })
      await measureOne('create', CREATE, { name: 'More' })
    }
  }

  await server.app.database.ownerPool.query(
    `update plugin_activations set is_enabled = false where workspace_id = $1`,
    [core.actor.workspaceId],
  )
  await measure({ read: [], create: [] }, performance.now() + 2_000)
  for (let round = 0; round < ROUNDS; round++) {
    const withoutUntil = performance.now() + ROUND_MS
    await Promise.all([measure(timesWithout, withoutUntil), sendWorking(withoutUntil)])
    await server.app.database.ownerPool.query(
      'update plugin_activations set strikes = 0, quarantined_at = null, quarantine_reason = null',
    )
    const until = performance.now() + ROUND_MS
    await Promise.all([measure(timesWith, until), sendFailing(until, round % 2 === 0 ? 'quarantine' : 'reset strikes')])
  }
} finally {
  await server.close()
}

for (const kind of ['read', 'create'] as const)
  for (const [name, times] of [
    ['without failures', timesWithout[kind]],
    ['while a plugin of another workspace fails', timesWith[kind]],
  ] as const) {
    const sorted = times.toSorted((one, other) => one - other)
    const percentile = (share: number) =>
      (sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0).toFixed(2)
    console.log(
      `${kind} ${name}: n ${sorted.length}, p50 ${percentile(0.5)}, p99 ${percentile(0.99)}, max ${percentile(1)}`,
    )
  }
console.log('Outcomes of the requests of the other workspace:', outcomes)
