import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { MAX_UNVERIFIED_DRAINED_BYTES, readAtMost } from '../body.ts'

/** Milliseconds in which the body of a request to a route has to arrive. */
const ARRIVAL_MS = 30_000
/** Number of bodies that arrive at the same time, on this node and from one network. */
const MAX_AT_ONCE = 100
const MAX_AT_ONCE_OF_NETWORK = 25

/** Why a body was not received. */
export type BodyFailure = 'TOO_LARGE' | 'TOO_SLOW' | 'INTERRUPTED' | 'BUSY'

/** A whole body, or why there is none. */
export type ReceivedBody = { readonly bytes: Uint8Array } | { readonly failure: BodyFailure }

/** Reads the body of a request, at most `maxBytes`. `ipAddress` is null when it is not known. */
export type BodyReader = (request: Request, maxBytes: number, ipAddress: string | null) => Promise<ReceivedBody>

/**
 * Creates the reader of a node. The senders of routes are not verified before their body is read, so it limits how many
 * bodies arrive at the same time and for how long: otherwise anybody could fill the memory.
 */
export function createBodyReader(): BodyReader {
  const arriving = new Map<string, number>()
  let total = 0
  return async (request, maxBytes, ipAddress) => {
    if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { failure: 'TOO_LARGE' }
    const network = ipAddress === null ? null : networkOf(ipAddress)
    const ofNetwork = network === null ? 0 : (arriving.get(network) ?? 0)
    if (total >= MAX_AT_ONCE || ofNetwork >= MAX_AT_ONCE_OF_NETWORK) return { failure: 'BUSY' }
    const count = (difference: 1 | -1) => {
      total += difference
      if (network === null) return
      const counted = (arriving.get(network) ?? 0) + difference
      if (counted === 0) arriving.delete(network)
      else arriving.set(network, counted)
    }
    count(1)
    try {
      return await readInTime(request, maxBytes)
    } finally {
      count(-1)
    }
  }
}

async function readInTime(request: Request, maxBytes: number): Promise<ReceivedBody> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ARRIVAL_MS)
  })
  const reading = readAtMost(request.body, maxBytes, MAX_UNVERIFIED_DRAINED_BYTES)
  // Handles an error of the connection after the time is over. An unhandled rejection would end the process.
  reading.catch(() => undefined)
  try {
    const bytes = await Promise.race([reading, late])
    if (bytes === 'late') return { failure: 'TOO_SLOW' }
    return bytes === null ? { failure: 'TOO_LARGE' } : { bytes }
  } catch {
    return { failure: 'INTERRUPTED' }
  } finally {
    clearTimeout(timer)
  }
}
