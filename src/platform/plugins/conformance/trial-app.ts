import type { GraphQLFormattedError } from 'graphql'
import type { Pool } from 'pg'
import type { Runtime } from '../../request/context.ts'

/**
 * The user who sends a request: with the role admin, member or read-only (`reader`), or without any role (`nobody`).
 */
export type ConformanceRole = 'admin' | 'member' | 'reader' | 'nobody'
export type ConformanceWorkspace = 'acme' | 'globex'

export interface ConformanceResponse {
  readonly data: unknown
  readonly errors: readonly GraphQLFormattedError[]
}

/** An app in which the plugin and its dependencies are enabled, in two workspaces. */
export interface ConformanceApp {
  readonly runtime: Runtime
  /** Connections as the owner of the tables. */
  readonly ownerPool: Pool
  workspaceId(workspace: ConformanceWorkspace): string
  /** Returns the uuid of the workspace's administrator. */
  adminId(workspace: ConformanceWorkspace): string
  execute(
    role: ConformanceRole,
    workspace: ConformanceWorkspace,
    document: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<ConformanceResponse>
  /** SQL statements of requests since the last call of `resetStatements`. */
  readonly statements: readonly string[]
  resetStatements(): void
}

/** Returns `extensions.code` of each error of a response. */
export function codesOf({ errors }: ConformanceResponse): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code'])
}
