import type { Pool } from 'pg'
import type { NewSeal } from './seal.ts'

/** Seals that one look is for: a node with many workspaces looks at some of them each time. */
const MAX_LOOKED = 100

/** The newest seal of each workspace among those that this process made. */
export interface RememberedSeals {
  keep(made: NewSeal): void
  /** Looks whether seals are still there as they were made. Answers those that are not, each of them once. */
  gone(): Promise<NewSeal[]>
}

/**
 * Remembers seals outside the database: whoever removes the newest ones there leaves nothing that tells of them, and sealing,
 * which goes on behind the last transaction that it sealed, would never look back.
 */
export function rememberSeals(ownerPool: Pool): RememberedSeals {
  const kept = new Map<string, NewSeal>()
  return {
    keep: (made) => void kept.set(made.workspaceId, made),
    async gone() {
      const looked = [...kept.values()].slice(0, MAX_LOOKED)
      if (looked.length === 0) return []
      const { rows } = await ownerPool.query<{ workspaceId: string }>(GONE, [
        looked.map(({ workspaceId }) => workspaceId),
        looked.map(({ number }) => number),
        looked.map(({ hash }) => hash),
      ])
      const gone = new Set(rows.map(({ workspaceId }) => workspaceId))
      for (const seal of looked) {
        kept.delete(seal.workspaceId)
        // Behind the others, which come first the next time.
        if (!gone.has(seal.workspaceId)) kept.set(seal.workspaceId, seal)
      }
      return looked.filter(({ workspaceId }) => gone.has(workspaceId))
    },
  }
}

const GONE = `
select k.id as "workspaceId" from unnest($1::uuid[], $2::int[], $3::text[]) as k (id, number, hash)
join workspaces w on w.id = k.id
where not exists (select from audit_seals s where s.workspace_id = k.id and s.number = k.number and s.hash = k.hash)`
