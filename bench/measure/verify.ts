import { isDeepStrictEqual } from 'node:util'
import type { Requests } from '../cases/case.ts'
import type { SystemId } from '../servers/start.ts'

/**
 * Sends every request of a case to every system, and compares the responses. Measurements are comparable only when all
 * systems return the same data.
 * @returns the number of requests that were sent to each system
 * @throws Error that contains the first difference
 */
export async function verifyEqual(
  name: string,
  requests: ReadonlyMap<SystemId, Requests>,
  send: (system: SystemId, requests: Requests, body: string) => Promise<unknown>,
): Promise<number> {
  const [[first, firstRequests] = [], ...others] = requests
  if (!first || !firstRequests) return 0
  for (const [index, body] of firstRequests.bodies.entries()) {
    const expected = firstRequests.normalize(await send(first, firstRequests, body))
    for (const [system, systemRequests] of others) {
      const actual = systemRequests.normalize(await send(system, systemRequests, systemRequests.bodies[index] ?? ''))
      if (!isDeepStrictEqual(actual, expected)) {
        throw new Error(
          `${name}, request ${index}: the responses of ${system} and ${first} differ.\n${first}: ${JSON.stringify(expected).slice(0, 3_000)}\n${system}: ${JSON.stringify(actual).slice(0, 3_000)}`,
        )
      }
    }
  }
  return firstRequests.bodies.length
}
