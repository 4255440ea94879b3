import type { Client } from 'pg'
import type { SystemId } from '../servers/start.ts'

/** What a case needs to know to write its requests. */
export interface CaseContext {
  readonly workspaceId: string
  readonly actorId: string
  readonly seed: number
  /** A connection as the tables' owner. */
  readonly ownerPool: Client
  /** Sends one request to a system; answers the JSON. Throws on an error in it. */
  ask(system: SystemId, requests: Pick<Requests, 'path'>, body: string): Promise<unknown>
}

/** The requests of a case to one system. */
export interface Requests {
  /** Added to the server's address. */
  readonly path: string
  /** Request n of one system asks for the same as request n of the others. */
  readonly bodies: readonly string[]
  /** The answer's data in a form that does not depend on the system: they all have to be equal. */
  readonly normalize: (answer: unknown) => unknown
}

/** One thing that is measured. */
export interface Case {
  readonly name: string
  /** Prefix of the names of the records it makes, when it writes. */
  readonly writes?: string
  requests(context: CaseContext, system: SystemId): Promise<Requests>
}

/** The value at a path of a JSON answer. Throws where there is nothing. */
export function at(answer: unknown, ...path: readonly (string | number)[]): unknown {
  let value = answer
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !(key in value))
      throw new Error(`The answer has no ${path.join('.')}: ${JSON.stringify(answer)?.slice(0, 500)}`)
    value = Reflect.get(value, key)
  }
  return value
}

/** The array at a path of a JSON answer. */
export function list(answer: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = at(answer, ...path)
  if (!Array.isArray(value))
    throw new Error(`${path.join('.')} is no array in ${JSON.stringify(answer)?.slice(0, 500)}`)
  return value
}

/** A GraphQL request's body. */
export function graphql(query: string, variables: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ query, variables })
}

/** An instant, however it was written, in milliseconds. */
export function instant(text: unknown): number {
  return Date.parse(String(text))
}
