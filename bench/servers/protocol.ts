import type { JSONWebKeySet } from 'jose'

/** The settings of a server under test: the value of its environment variable BENCH_SERVER, as JSON. */
export interface ServerSetup {
  readonly databaseUrl: string
  /** Public keys with which the signature of the access token is checked. */
  readonly jwks: JSONWebKeySet
  readonly poolSize: number
}

/** A message of the benchmark to the process of a server. `stopProfile` is the file to write the profile to. */
export type ServerCommand = 'usage' | 'stop' | { readonly startProfile: true } | { readonly stopProfile: string }

/**
 * A message of a server's process to the benchmark. `ready` is the server's URL, `cpu` the CPU time used so far in
 * microseconds (user and system), `profiled` the file of the profile, or empty after the start of one.
 */
export type ServerReport =
  | { readonly ready: string }
  | { readonly cpu: number }
  | { readonly profiled: string }
  | { readonly failed: string }
