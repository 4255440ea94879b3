import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Ask, PrismaCall } from './compare.ts'
import type { ShownCaller, ShownFixture } from './fixture.ts'
import { callsOn } from './queries/calls.ts'
import { queriedModels } from './queries/queried-models.ts'
import { createTally, type Tally } from './tally.ts'

/** Calls in one transaction. */
const BATCH = 10

/** Milliseconds for a test or its preparation: FUZZ_QUERIES may be large. */
export const FUZZ_TIMEOUT = 3_600_000

/** Random calls of all tests together in `npm test`. */
const CALLS = 10_000
/** The seed of `npm test`, so that it makes the same calls each time. */
const SEED = 20_260_101

/**
 * Returns the seed and the number of calls of a test that makes `share` of all calls: those of `npm test`, or those of
 * `npm run fuzz`, whose seed is printed.
 */
function fuzzOf(share: number): { readonly seed: number; readonly number: number } {
  const { FUZZ_QUERIES: total, FUZZ_SEED: given } = process.env
  const number = Math.ceil(Number(total ?? CALLS) * share)
  if (total === undefined) return { seed: Number(given ?? SEED), number }
  const seed = Number(given ?? randomInt(2 ** 31))
  process.stdout.write(`${number} random calls with FUZZ_SEED=${seed}\n`)
  return { seed, number }
}

/**
 * Makes random calls of Prisma twice: through the guard, and on what the API showed. Throws, with the call, when the two
 * results differ. `share` is the part of all calls that the test makes. Returns what the calls used and found.
 */
export async function askTwice(fixture: ShownFixture, models: ReadonlySet<string>, share: number): Promise<Tally> {
  const { callers, runtime, stored } = fixture
  const tally = createTally()
  const { seed, number } = fuzzOf(share)
  const queried = queriedModels(runtime.registry.models, models, stored)
  const batch = fc.record({
    name: fc.oneof(...callers.map(({ name }) => ({ arbitrary: fc.constant(name), weight: weightOf(name) }))),
    calls: fc.array(callsOn(queried, modelNames(fixture, models)), { minLength: BATCH, maxLength: BATCH }),
  })
  const property = fc.asyncProperty(batch, async ({ name, calls }) => {
    const caller = callers.find((each) => each.name === name)
    await caller?.withBoth(async (guarded, shown) => {
      for (const call of calls) await compare(caller, call, guarded, shown, tally)
    })
  })
  await fc.assert(property, {
    seed,
    numRuns: Math.ceil(number / BATCH),
    // Only the call that failed, and not the calls before it in its batch.
    reporter({ failed, errorInstance, counterexamplePath }) {
      if (failed)
        throw new Error(`${errorInstance}, with FUZZ_SEED=${seed}, path ${counterexamplePath}`, {
          cause: errorInstance,
        })
    },
  })
  return tally
}

/** Reads each table whole, once through the guard and once as the API shows it. Throws when the two differ. */
export async function readTables({ callers, runtime }: ShownFixture, models: ReadonlySet<string>): Promise<void> {
  for (const caller of callers)
    await caller.withBoth(async (guarded, shown) => {
      for (const name of models) {
        const key = runtime.registry.models.models.get(name)?.primaryKey ?? []
        const orderBy = (key.length > 0 ? key : ['id']).map((column) => ({ [column]: 'asc' }))
        await compare(caller, { model: name, name: 'findMany', args: { orderBy } }, guarded, shown, createTally())
      }
    })
}

/** A caller for whom there is nothing to see is asked for seldom. */
function weightOf(name: string): number {
  return name === 'nothing' ? 1 : 20
}

/** Models of which most callers see rows are asked for more often. */
function modelNames({ callers }: ShownFixture, models: ReadonlySet<string>): fc.Arbitrary<string> {
  const seen = [...models].filter(
    (model) => callers.filter(({ shown }) => shown.rowsOf(model).size === 0).length <= callers.length / 3,
  )
  return fc.oneof(
    { arbitrary: fc.constantFrom(...models), weight: 1 },
    { arbitrary: fc.constantFrom(...seen), weight: 2 },
  )
}

async function compare(caller: ShownCaller, call: PrismaCall, guarded: Ask, shown: Ask, tally: Tally): Promise<void> {
  const ofGuard = await guarded(call)
  const ofApi = await shown(call)
  tally.add(call, ofGuard)
  if (isDeepStrictEqual(ofGuard, ofApi)) return
  const texts = [ofGuard, ofApi].map((outcome) => JSON.stringify(outcome, null, 1))
  throw new Error(
    `For ${caller.name}, ${call.model}.${call.name}(${JSON.stringify(call.args)}) returned\n${texts[0]}\nbut from what the API shows\n${texts[1]}`,
  )
}
