import { isDeepStrictEqual } from 'node:util'
import type { Requests } from '../cases/case.ts'
import type { SystemId } from '../servers/start.ts'

/**
 * Sends every request of a case to every system, and compares what they answer. Throws an Error that shows the first
 * difference: numbers of servers that do different work mean nothing.
 */
export async function verifyEqual(
  name: string,
  requests: ReadonlyMap<SystemId, Requests>,
  ask: (system: SystemId, requests: Requests, body: string) => Promise<unknown>,
): Promise<number> {
  const [[first, expected] = [], ...others] = requests
  if (!first || !expected) return 0
  for (const [index, body] of expected.bodies.entries()) {
    const wanted = expected.normalize(await ask(first, expected, body))
    for (const [system, each] of others) {
      const found = each.normalize(await ask(system, each, each.bodies[index] ?? ''))
      if (!isDeepStrictEqual(found, wanted)) {
        throw new Error(
          `${name}, request ${index}: ${system} and ${first} answer differently.\n${first}: ${JSON.stringify(wanted).slice(0, 3_000)}\n${system}: ${JSON.stringify(found).slice(0, 3_000)}`,
        )
      }
    }
  }
  return expected.bodies.length
}
