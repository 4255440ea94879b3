import type { JSONWebKeySet } from 'jose'

/** The settings of a server under test: the value of its environment variable BENCH_SERVER, as JSON. */
export interface ServerSetup {
  readonly databaseUrl: string
  /** Public keys for checking the signature of the access token. */
  readonly jwks: JSONWebKeySet
  readonly poolSize: number
}

/** A message from the benchmark to the process of a server. `stopProfile` is the file to write the profile to. */
export type ServerCommand = 'usage' | 'stop' | { readonly startProfile: true } | { readonly stopProfile: string }

/**
 * A message from a server's process to the benchmark. `ready` is the server's URL. `cpu` is the CPU time used so far
 * (user and system), in microseconds. `profiled` is the file of the profile, or empty when a profile was started.
 */
export type ServerReport =
  | { readonly ready: string }
  | { readonly cpu: number }
  | { readonly profiled: string }
  | { readonly failed: string }
