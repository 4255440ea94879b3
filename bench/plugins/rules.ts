import { definePlugin, defineRule, type Plugin } from '../../src/plugin.ts'
import { openTestServer, type TestServer } from '../../src/testing/server.ts'

const RULES = 20
const ROUNDS = 15
const WRITES = 100

/** The time that rules that do nothing add to a write. Times are medians over rounds, in microseconds. */
export interface RuleCost {
  readonly rules: number
  readonly withoutUs: number
  readonly withOneUs: number
  readonly withAllUs: number
  /** Time for running plugin rules that does not depend on their number. */
  readonly fixedUs: number
  /** Additional time for each rule. */
  readonly eachUs: number
}

/** Measures createAccount without a rule, with one rule and with 20 rules that do nothing, in turn. */
export async function measureRules(): Promise<RuleCost> {
  const servers = [
    await openTestServer({}),
    await openTestServer({ plugins: [{ plugin: withRules(1) }] }),
    await openTestServer({ plugins: [{ plugin: withRules(RULES) }] }),
  ]
  const times: number[][] = servers.map(() => [])
  try {
    for (const server of servers) await measureWrite(server)
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, server] of servers.entries()) times[index]?.push(await measureWrite(server))
  } finally {
    for (const server of servers) await server.close()
  }
  const [withoutUs = 0, withOneUs = 0, withAllUs = 0] = times.map(median)
  const eachUs = (withAllUs - withOneUs) / (RULES - 1)
  return { rules: RULES, withoutUs, withOneUs, withAllUs, fixedUs: withOneUs - withoutUs - eachUs, eachUs }
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

/** Sends writes one after another. Returns the average time of one write in microseconds. */
async function measureWrite({ as }: TestServer): Promise<number> {
  const startedAt = performance.now()
  for (let index = 0; index < WRITES; index++)
    await as('member').must(
      'mutation { createAccount(input: { name: "Bench" }) { account { id } userErrors { code } } }',
    )
  return ((performance.now() - startedAt) / WRITES) * 1_000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
