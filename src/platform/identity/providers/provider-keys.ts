import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import { fetchProviderDocument } from './fetch-document.ts'
import { isLoopbackHttp } from './trusted-issuers.ts'

/** Public keys of identity providers, found by discovery and followed as they rotate. */
export interface ProviderKeys {
  /**
   * What finds the key that a token of the issuer names. Throws AuthenticationError while the provider can't be asked. Only
   * for issuers that the operator trusts: it sends requests to them.
   */
  of(issuer: string): Promise<JWTVerifyGetKey>
}

export interface ProviderKeysOptions {
  /** Told of every failure to ask a provider, for the log. */
  readonly onFailure?: (issuer: string, error: unknown) => void
  /** Pause in ms between two looks for a key that a provider has not published; 30 seconds unless said otherwise. */
  readonly cooldownMs?: number
}

const COOLDOWN_MS = 30_000
/** How long a provider that failed is not asked again. */
const FAILURE_PAUSE_MS = 10_000
/** After this a provider's metadata is read anew; its keys are after ten minutes. */
const METADATA_FRESH_MS = 60 * 60 * 1000
const KEYS_FRESH_MS = 10 * 60 * 1000
const MAX_PROVIDERS = 1_000

interface Provider {
  readonly keys: Promise<JWTVerifyGetKey>
  readonly readAt: number
}

/** Opens the keys of all providers; nothing is asked yet. */
export function openProviderKeys(options: ProviderKeysOptions = {}): ProviderKeys {
  const providers = new Map<string, Provider>()
  const failedAt = new Map<string, number>()

  function isPausing(issuer: string): boolean {
    const at = failedAt.get(issuer)
    return at !== undefined && performance.now() - at < FAILURE_PAUSE_MS
  }

  /** One document of a provider; none while it pauses, so that one that is down costs a request no time. */
  async function ask<Document>(issuer: string, url: string, shape: z.ZodType<Document>): Promise<Document> {
    if (isPausing(issuer)) throw unreachable(issuer)
    try {
      const document = shape.parse(await (await fetchProviderDocument(url)).json())
      failedAt.delete(issuer)
      return document
    } catch (error) {
      failedAt.set(issuer, performance.now())
      if (failedAt.size > MAX_PROVIDERS) dropOldest(failedAt)
      options.onFailure?.(issuer, error)
      throw unreachable(issuer)
    }
  }

  async function discover(issuer: string): Promise<JWTVerifyGetKey> {
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const { jwks_uri } = await ask(issuer, address, metadataOf(issuer))
    return createRemoteJWKSet(new URL(jwks_uri), {
      cooldownDuration: options.cooldownMs ?? COOLDOWN_MS,
      cacheMaxAge: KEYS_FRESH_MS,
      [customFetch]: async (url) => Response.json(await ask(issuer, url, keySet)),
    })
  }

  return {
    of(issuer) {
      const known = providers.get(issuer)
      if (known && performance.now() - known.readAt < METADATA_FRESH_MS) return known.keys
      const provider = { keys: discover(issuer), readAt: performance.now() }
      providers.set(issuer, provider)
      if (providers.size > MAX_PROVIDERS) dropOldest(providers)
      provider.keys.catch(() => {
        if (providers.get(issuer) === provider) providers.delete(issuer)
      })
      return provider.keys
    },
  }
}

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })

/** Metadata of this issuer and no other, with keys at an address that may be asked. */
function metadataOf(issuer: string) {
  return z.object({
    issuer: z.literal(issuer),
    jwks_uri: z.url().refine((address) => {
      const url = new URL(address)
      if (url.username !== '' || url.password !== '') return false
      return url.protocol === 'https:' || (isLoopbackHttp(url) && isLoopbackHttp(new URL(issuer)))
    }, 'is no address that may be asked'),
  })
}

function unreachable(issuer: string): Error {
  return refusedCredential(`The keys of the identity provider ${issuer} can't be read now.`)
}

function dropOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
