import type { Client } from 'pg'
import type { SystemId } from '../servers/start.ts'

/** What a case needs to build its requests. */
export interface CaseContext {
  readonly workspaceId: string
  readonly actorId: string
  readonly seed: number
  /** A connection of the role that owns the tables. */
  readonly ownerClient: Client
  /** Sends one request to a system and returns the parsed JSON. Throws an Error when the response has an error. */
  send(system: SystemId, requests: Pick<Requests, 'path'>, body: string): Promise<unknown>
}

/** The requests of a case to one system. */
export interface Requests {
  /** Path that is appended to the server's URL. */
  readonly path: string
  /** Bodies of the requests. Requests with the same index request the same data from every system. */
  readonly bodies: readonly string[]
  /** Returns a response in a form that has to be equal for all systems. */
  readonly normalize: (answer: unknown) => unknown
}

/** One case of the benchmark. */
export interface Case {
  readonly name: string
  /** Prefix of the names of the records that the case creates. Absent when the case only reads. */
  readonly writes?: string
  /** Returns the requests of the case to a system. */
  requests(context: CaseContext, system: SystemId): Promise<Requests>
}

/** Returns the value at a path of a JSON response. Throws an Error when the path does not exist. */
export function at(answer: unknown, ...path: readonly (string | number)[]): unknown {
  let value = answer
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !(key in value))
      throw new Error(`The answer has no ${path.join('.')}: ${JSON.stringify(answer)?.slice(0, 500)}`)
    value = Reflect.get(value, key)
  }
  return value
}

/** Returns the array at a path of a JSON response. Throws an Error when the value is not an array. */
export function list(answer: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = at(answer, ...path)
  if (!Array.isArray(value))
    throw new Error(`${path.join('.')} is not an array in ${JSON.stringify(answer)?.slice(0, 500)}`)
  return value
}

/** Returns the body of a GraphQL request. */
export function graphql(query: string, variables: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ query, variables })
}

/** Returns a time, in any format that `Date.parse` reads, in milliseconds since 1970. */
export function instant(text: unknown): number {
  return Date.parse(String(text))
}
