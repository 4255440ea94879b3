import type { GraphQLFormattedError } from 'graphql'
import type { Pool } from 'pg'
import type { Permission } from '../../declare/permission.ts'
import type { Runtime } from '../../request/context.ts'
import type { Background } from '../background/background.ts'
import { framesOf } from './failure-text.ts'

/**
 * The user who sends a request: with the role admin, member or read-only (`reader`), or without any role (`nobody`).
 */
export type ConformanceRole = 'admin' | 'member' | 'reader' | 'nobody'
export type ConformanceWorkspace = 'acme' | 'globex'

/** Why code failed, as the server logs it. */
export interface ConformanceFailure {
  /** What failed, and why, in one line. */
  readonly summary: string
  /** The error of the code that failed. */
  readonly error: unknown
}

export interface ConformanceResponse {
  readonly data: unknown
  readonly errors: readonly GraphQLFormattedError[]
  /** Failures while the request was handled. The client does not get their reasons. */
  readonly failures: readonly ConformanceFailure[]
}

/** Sends a request as one user. */
export type ExecuteAs = (
  document: string,
  variables?: Readonly<Record<string, unknown>>,
) => Promise<ConformanceResponse>

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
  /** What the code that runs in the background needs. */
  readonly background: Background
  /** Runs a job of the plugin in the workspace `acme`, for at most ten seconds. Throws its error. */
  runJob(name: string, payload: Readonly<Record<string, unknown>>): Promise<void>
  /** Creates a user with exactly these permissions. Returns a function that sends requests as this user. */
  withPermissions(permissions: readonly Permission[], workspace: ConformanceWorkspace): Promise<ExecuteAs>
  /** Sends a query as the administrator of `acme`, and counts its statements. */
  explain(document: string): Promise<ExplainedResponse>
}

/** A response, and how it was answered. */
export interface ExplainedResponse extends ConformanceResponse {
  /** Number of SQL statements. */
  readonly statementCount: number
  /** The fields that code computed after a statement, such as `Account.openTaskCount`. */
  readonly computed: readonly string[]
}

/** Returns why the request of a response failed, or null when it did not fail. */
export function failureIn({ failures }: ConformanceResponse): string | null {
  const [failure] = failures
  return failure ? `${failure.summary}${framesOf(failure.error)}` : null
}

/** Returns `extensions.code` of each error of a response. */
export function codesOf({ errors }: ConformanceResponse): unknown[] {
  return errors.map(({ extensions }) => extensions?.['code'])
}
