import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import { fetchProviderDocument } from './fetch-document.ts'
import { isLoopbackHttp } from './issuer-patterns.ts'

/** The public keys of identity providers, found by OpenID Connect discovery and read again as they rotate. */
export interface ProviderKeys {
  /**
   * Returns the function that finds the key of a token of this issuer. Call it only for issuers that the operator
   * trusts: it sends requests to them.
   * @throws AuthenticationError while the provider can't be reached.
   */
  of(issuer: string): Promise<JWTVerifyGetKey>
}

/** Options of `openProviderKeys`. */
export interface ProviderKeysOptions {
  /** Called for every failed request to a provider, for the log. */
  readonly onFailure?: (issuer: string, error: unknown) => void
  /** Pause in ms between two requests for a key that a provider has not published; 30 seconds when absent. */
  readonly cooldownMs?: number
}

const COOLDOWN_MS = 30_000
/** How long no request is sent to a provider after a request to it failed. */
const FAILURE_PAUSE_MS = 10_000
/** How long the metadata of a provider is cached. */
const METADATA_FRESH_MS = 60 * 60 * 1000
/** How long the keys of a provider are cached. */
const KEYS_FRESH_MS = 10 * 60 * 1000
const MAX_PROVIDERS = 1_000

/** The cached keys of one provider. */
interface Provider {
  readonly keys: Promise<JWTVerifyGetKey>
  readonly readAt: number
}

/** Creates the cache of provider keys. Sends no request until `of` is called. */
export function openProviderKeys(options: ProviderKeysOptions = {}): ProviderKeys {
  const providers = new Map<string, Provider>()
  const failedAt = new Map<string, number>()

  function isPausing(issuer: string): boolean {
    const lastFailure = failedAt.get(issuer)
    return lastFailure !== undefined && performance.now() - lastFailure < FAILURE_PAUSE_MS
  }

  /**
   * Fetches a document of a provider. After a failed request it throws at once for `FAILURE_PAUSE_MS`, so that a
   * provider that is down does not delay sign-ins.
   */
  async function fetchDocument<Document>(issuer: string, url: string, shape: z.ZodType<Document>): Promise<Document> {
    if (isPausing(issuer)) throw unreachable(issuer)
    try {
      const document = shape.parse(await (await fetchProviderDocument(url)).json())
      failedAt.delete(issuer)
      return document
    } catch (error) {
      failedAt.set(issuer, performance.now())
      if (failedAt.size > MAX_PROVIDERS) deleteOldest(failedAt)
      options.onFailure?.(issuer, error)
      throw unreachable(issuer)
    }
  }

  async function discover(issuer: string): Promise<JWTVerifyGetKey> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const { jwks_uri } = await fetchDocument(issuer, address, metadataOf(issuer))
    return createRemoteJWKSet(new URL(jwks_uri), {
      cooldownDuration: options.cooldownMs ?? COOLDOWN_MS,
      cacheMaxAge: KEYS_FRESH_MS,
      [customFetch]: async (url) => Response.json(await fetchDocument(issuer, url, keySet)),
    })
  }

  return {
    of(issuer) {
      const cached = providers.get(issuer)
      if (cached && performance.now() - cached.readAt < METADATA_FRESH_MS) return cached.keys
      const provider = { keys: discover(issuer), readAt: performance.now() }
      providers.set(issuer, provider)
      if (providers.size > MAX_PROVIDERS) deleteOldest(providers)
      provider.keys.catch(() => {
        if (providers.get(issuer) === provider) providers.delete(issuer)
      })
      return provider.keys
    },
  }
}

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })

/**
 * Returns the schema of a provider's metadata: it has to name exactly this issuer, and an address of keys that the
 * server may request.
 */
function metadataOf(issuer: string) {
  return z.object({
    issuer: z.literal(issuer),
    jwks_uri: z.url().refine((address) => {
      const url = new URL(address)
      if (url.username !== '' || url.password !== '') return false
      return url.protocol === 'https:' || (isLoopbackHttp(url) && isLoopbackHttp(new URL(issuer)))
    }, 'must be an https address without credentials'),
  })
}

function unreachable(issuer: string): Error {
  return refusedCredential(`The keys of the identity provider ${issuer} can't be read at this time.`)
}

function deleteOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
