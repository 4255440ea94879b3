import type { Pool } from 'pg'
import type { NewSeal } from './seal.ts'

/** Maximum number of seals in one check: a node with more workspaces checks some of them each time. */
const MAX_CHECKED = 100

/** The newest seal of each workspace among the seals that this process created. */
export interface RememberedSeals {
  /** Remembers a seal in place of the workspace's previous seal. */
  remember(seal: NewSeal): void
  /**
   * Checks whether up to `MAX_CHECKED` remembered seals still exist unaltered. Returns the seals that are missing or
   * altered, and forgets them, so that each of them is returned only once.
   */
  findMissing(): Promise<NewSeal[]>
}

/**
 * Remembers the newest seals in the memory of this process, to notice when somebody removes them from the database. The
 * removal leaves no trace in the database, where sealing continues after the last transaction that this process has
 * sealed.
 */
export function rememberSeals(ownerPool: Pool): RememberedSeals {
  const remembered = new Map<string, NewSeal>()
  return {
    remember: (seal) => void remembered.set(seal.workspaceId, seal),
    async findMissing() {
      const checked = [...remembered.values()].slice(0, MAX_CHECKED)
      if (checked.length === 0) return []
      const { rows } = await ownerPool.query<{ workspaceId: string }>(SELECT_MISSING, [
        checked.map(({ workspaceId }) => workspaceId),
        checked.map(({ number }) => number),
        checked.map(({ hash }) => hash),
      ])
      const missing = new Set(rows.map(({ workspaceId }) => workspaceId))
      for (const seal of checked) {
        remembered.delete(seal.workspaceId)
        // Moves the seal to the end, so that the next check begins with the others.
        if (!missing.has(seal.workspaceId)) remembered.set(seal.workspaceId, seal)
      }
      return checked.filter(({ workspaceId }) => missing.has(workspaceId))
    },
  }
}

/** SQL of the existing workspaces ($1: ids) whose seal ($2: number, $3: hash) does not exist any more. */
const SELECT_MISSING = `
select k.id as "workspaceId" from unnest($1::uuid[], $2::int[], $3::text[]) as k (id, number, hash)
join workspaces w on w.id = k.id
where not exists (select from audit_seals s where s.workspace_id = k.id and s.number = k.number and s.hash = k.hash)`
