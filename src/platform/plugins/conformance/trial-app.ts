import type { GraphQLFormattedError } from 'graphql'
import type { Pool } from 'pg'
import type { Runtime } from '../../request/context.ts'

/** Who asks: with the starting role of that name (`reader` is read-only), or none at all. */
export type ConformanceRole = 'admin' | 'member' | 'reader' | 'nobody'
export type ConformanceWorkspace = 'acme' | 'globex'

export interface ConformanceAnswer {
  readonly data: unknown
  readonly errors: readonly GraphQLFormattedError[]
}

/** An app that has the plugin and those it depends on enabled in two workspaces. */
export interface ConformanceApp {
  readonly runtime: Runtime
  /** Connection of the tables' owner. */
  readonly ownerPool: Pool
  workspaceId(workspace: ConformanceWorkspace): string
  /** uuid of the administrator. */
  adminId(workspace: ConformanceWorkspace): string
  ask(
    role: ConformanceRole,
    workspace: ConformanceWorkspace,
    document: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<ConformanceAnswer>
  /** SQL statements sent for requests since `resetStatements`. */
  readonly statements: readonly string[]
  resetStatements(): void
}

/** `extensions.code` of each error of an answer. */
export function codesOf({ errors }: ConformanceAnswer): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code'])
}
