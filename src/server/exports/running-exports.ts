import { type Limits, requireWithin } from '../limits/limits.ts'

/** Counts the exports that run on this node. */
export interface RunningExports {
  /**
   * Counts another export of the workspace. Returns a function to call once, when the export has ended.
   * @throws GraphQLError QUERY_TOO_COMPLEX when the workspace, or the whole node, has too many.
   */
  begin(workspaceId: string): () => void
}

/**
 * Creates the counter. Each running export has a connection to the database of its own, and plugins' fields may need
 * another one: so all exports together leave half of the connections to other requests.
 */
export function countExports(limits: Limits, connections: number): RunningExports {
  const byWorkspace = new Map<string, number>()
  const atOnce = { ...limits, exports: Math.max(1, Math.floor(connections / 2)) }
  let running = 0
  return {
    begin(workspaceId) {
      const count = (byWorkspace.get(workspaceId) ?? 0) + 1
      requireWithin(limits, 'exports', count)
      requireWithin(atOnce, 'exports', running + 1)
      byWorkspace.set(workspaceId, count)
      running++
      return () => {
        running--
        const remaining = (byWorkspace.get(workspaceId) ?? 1) - 1
        if (remaining > 0) byWorkspace.set(workspaceId, remaining)
        else byWorkspace.delete(workspaceId)
      }
    },
  }
}
