import type { JSONWebKeySet } from 'jose'

/** What a server is told in its environment variable BENCH_SERVER, as JSON. */
export interface ServerSetup {
  readonly databaseUrl: string
  /** Public half of the keys that signed the token. */
  readonly jwks: JSONWebKeySet
  readonly poolSize: number
}

/** What the benchmark says to a server's process. */
export type ServerCommand = 'usage' | 'stop' | { readonly startProfile: true } | { readonly stopProfile: string }

/** What a server's process says to the benchmark. CPU in microseconds, user and system. */
export type ServerReport =
  | { readonly ready: string }
  | { readonly cpu: number }
  | { readonly profiled: string }
  | { readonly failed: string }
