import { z } from 'rapport/plugin'

const answer = z.record(z.string(), z.int().min(0).max(100))

/**
 * Asks the credit bureau for the scores of all domains at once. Returns null for a domain that it does not know, and for
 * all domains when there is no address.
 */
export async function scoresOf(url: string | undefined, domains: readonly string[]): Promise<(number | null)[]> {
  if (url === undefined) return domains.map(() => null)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(domains),
    signal: AbortSignal.timeout(3_000),
  })
  const scores = answer.parse(await response.json())
  return domains.map((domain) => scores[domain] ?? null)
}
