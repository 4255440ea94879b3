import { definePlugin, defineRule, type Plugin } from '../../src/plugin.ts'
import { openTestServer, type TestServer } from '../../src/testing/server.ts'

const RULES = 20
const ROUNDS = 15
const WRITES = 100

/** What rules that do nothing cost a write, side by side with none. Times are medians over rounds, in microseconds. */
export interface RuleCost {
  readonly rules: number
  readonly withoutUs: number
  readonly withOneUs: number
  readonly withAllUs: number
  /** Cost of the guard around all rules, and of each rule in it. */
  readonly guardUs: number
  readonly eachUs: number
}

/** Measures createAccount without a rule, with one and with 20 that do nothing, in turns. */
export async function measureRules(): Promise<RuleCost> {
  const servers = [
    await openTestServer({}),
    await openTestServer({ plugins: [{ plugin: withRules(1) }] }),
    await openTestServer({ plugins: [{ plugin: withRules(RULES) }] }),
  ]
  const times: number[][] = servers.map(() => [])
  try {
    for (const server of servers) await write(server)
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, server] of servers.entries()) times[index]?.push(await write(server))
  } finally {
    for (const server of servers) await server.close()
  }
  const [withoutUs = 0, withOneUs = 0, withAllUs = 0] = times.map(median)
  const eachUs = (withAllUs - withOneUs) / (RULES - 1)
  return { rules: RULES, withoutUs, withOneUs, withAllUs, guardUs: withOneUs - withoutUs - eachUs, eachUs }
}

function withRules(count: number): Plugin {
  const rules = Array.from({ length: count }, (_, index) =>
    defineRule({
      name: `noop.rule${index + 1}`,
      description: 'Does nothing.',
      object: 'Account',
      on: ['create'],
      before: () => undefined,
    }),
  )
  return definePlugin({ id: 'noop', description: 'Rules that do nothing.', version: '1.0.0', api: '^1.0.0', rules })
}

/** Microseconds of one write. */
async function write({ as }: TestServer): Promise<number> {
  const began = performance.now()
  for (let index = 0; index < WRITES; index++)
    await as('member').must(
      'mutation { createAccount(input: { name: "Bench" }) { account { id } userErrors { code } } }',
    )
  return ((performance.now() - began) / WRITES) * 1_000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
