import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { z } from 'zod'

/** A user of the provider: the claims of their tokens except `sub`. */
export type Person = Readonly<Record<string, unknown>>

/** A certified OpenID provider on this machine, whose users sign in without a prompt. */
export interface IdentityProviderServer {
  readonly issuer: string
  /** The current signing key. */
  readonly key: { readonly kid: string; readonly privateJwk: JWK; readonly publicJwk: JWK }
  /** Signs a person in with the authorization code flow with PKCE, and returns the ID token. */
  idToken(subject: string, clientId?: string): Promise<string>
  /** Replaces the signing key. Only the new key is published. */
  rotate(): Promise<void>
  /** Stops the provider, so that connections to its address are refused. */
  stop(): Promise<void>
  /** Starts the provider again at the same address. */
  start(): Promise<void>
  /** The requested paths, in order. */
  readonly asked: readonly string[]
}

/** The client whose tokens the tests' identity providers accept. */
export const CLIENT_ID = 'crm-front-end'
/** A client of another application at the same provider. */
export const OTHER_CLIENT_ID = 'payroll'
const REDIRECT_URI = 'https://crm.example/callback'

/** Starts a provider on a free port of the loopback address. End it with `stop`. */
export async function startIdentityProvider(people: Readonly<Record<string, Person>>): Promise<IdentityProviderServer> {
  const asked: string[] = []
  let key = await makeKey()
  let handle: ReturnType<Provider['callback']> | null = null
  const makeServer = () =>
    createServer((request, response) => {
      asked.push(request.url ?? '')
      handle?.(request, response)
    })
  let server = makeServer()
  const port = await listen(server, 0)
  const issuer = `http://127.0.0.1:${port}`
  const open = () => providerOf(issuer, key.privateJwk, people).callback()
  handle = open()
  return {
    issuer,
    asked,
    get key() {
      return key
    },
    idToken: (subject, clientId = CLIENT_ID) => signInAt(issuer, subject, clientId),
    async rotate() {
      key = await makeKey()
      handle = open()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    async start() {
      server = makeServer()
      await listen(server, port)
    },
  }
}

async function makeKey(): Promise<{ kid: string; privateJwk: JWK; publicJwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const about = { kid, alg: 'RS256', use: 'sig' }
  return {
    kid,
    privateJwk: { ...(await exportJWK(privateKey)), ...about },
    publicJwk: { ...(await exportJWK(publicKey)), ...about },
  }
}

function providerOf(issuer: string, key: JWK, people: Readonly<Record<string, Person>>): Provider {
  const client = { redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none', application_type: 'web' } as const
  const provider = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: [
      { client_id: CLIENT_ID, ...client },
      { client_id: OTHER_CLIENT_ID, ...client },
    ],
    cookies: { keys: [randomUUID()] },
    claims: { openid: ['sub'], profile: ['name', 'email', 'email_verified', 'groups'] },
    conformIdTokenClaims: false,
    ttl: { Interaction: 60, Grant: 60, Session: 60, AccessToken: 60, AuthorizationCode: 60, IdToken: 600 },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...people[subject] }),
    }),
    // The user in `login_hint` is signed in and has given every consent.
    async loadExistingGrant(context) {
      const { client: asking, session } = context.oidc
      if (!asking || !session?.accountId) return undefined
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  })
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next()
    const { params } = await provider.interactionDetails(context.req, context.res)
    await provider.interactionFinished(context.req, context.res, { login: { accountId: String(params['login_hint']) } })
    context.respond = false
  })
  return provider
}

/** Does what a browser and a front-end do to sign a user in, and returns the ID token. */
async function signInAt(issuer: string, subject: string, clientId: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile',
    login_hint: subject,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const code = await follow(`${issuer}/auth?${query}`)
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      code,
      code_verifier: verifier,
    }),
  })
  return z.object({ id_token: z.string() }).parse(await response.json()).id_token
}

/** Follows redirects, with cookies, up to the redirect to the front-end, and returns its authorization code. */
async function follow(start: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`The provider answered ${response.status}: ${await response.text()}`)
    const next = new URL(location, url)
    const code = next.searchParams.get('code')
    if (code !== null) return code
    url = next.href
  }
  throw new Error('The provider redirects without end.')
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : port)
    })
  })
}
