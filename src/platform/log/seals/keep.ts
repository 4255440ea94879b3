import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../../async/repeat.ts'
import { rememberSeals } from './kept-seals.ts'
import { pruneAudit } from './prune.ts'
import { ForeignSealsError, type NewSeal, sealAudit } from './seal.ts'

/** Milliseconds between turns of sealing: what is altered before it is sealed is not noticed. */
const SEAL_MS = 1_000
/** Milliseconds between tellings of the newest seals in the log. */
const REPORT_INTERVAL_MS = 3_600_000
/** Milliseconds between turns of deleting what workspaces keep no longer. */
const PRUNE_MS = 86_400_000
/** Milliseconds until the first one: a server that is restarted every day would never come to it. */
const FIRST_PRUNE_MS = 60_000

/** What keeps the audit in the background. */
export interface AuditMaintenance {
  /** Takes nothing new, and waits for what runs. */
  close(): Promise<void>
}

/**
 * Seals the audit every second and deletes what is kept no longer once a day. Any number of nodes may do the same: one of them
 * is at it at a time.
 */
export function maintainAudit({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): AuditMaintenance {
  const { ownerPool } = database
  const made = rememberSeals(ownerPool)
  const newest = new Map<string, NewSeal>()
  let sealedTo: string | null = null
  let reportAt = 0
  let isFailing = false

  const tell = () => {
    if (newest.size === 0 || Date.now() < reportAt) return
    reportAt = Date.now() + REPORT_INTERVAL_MS
    // Kept elsewhere than in this database, these tell whether seals were removed from the end or made anew.
    for (const { workspaceId, number, hash } of newest.values())
      log.info({ workspaceId, seal: number, hash }, 'The audit is sealed up to here')
    newest.clear()
  }

  // What was sealed is not sealed again: that would make seals over entries that were altered meanwhile.
  const reportMissingSeals = async () => {
    for (const { workspaceId, number, hash } of await made.gone())
      log.error(
        { workspaceId, seal: number, hash },
        'This seal of the audit was made by this server and is gone or altered: somebody removed it, or the database was restored. Its entries are not sealed again. Run rapport audit verify, and see docs/operators/audit.md',
      )
  }

  const seal = async () => {
    try {
      await reportMissingSeals()
      const turn = await sealAudit(ownerPool, sealedTo)
      isFailing = false
      if (!turn) return SEAL_MS
      sealedTo = turn.sealedTo
      for (const each of turn.seals) {
        newest.set(each.workspaceId, each)
        made.keep(each)
      }
      tell()
      return turn.isFull ? 0 : SEAL_MS
    } catch (error) {
      const isForeign = error instanceof ForeignSealsError
      if (!isFailing)
        log[isForeign ? 'error' : 'warn']({ err: error }, 'The audit can not be sealed now; it is tried again')
      isFailing = true
      return isForeign ? REPORT_INTERVAL_MS : SEAL_MS
    }
  }

  const prune = async () => {
    try {
      for (const { fault, ...pruned } of await pruneAudit(ownerPool))
        if (fault)
          log.error({ ...pruned, reason: fault }, 'The audit does not fit its seals; nothing more of it is deleted')
        else log.info(pruned, 'Deleted what the audit keeps no longer')
    } catch (error) {
      log.warn({ err: error }, 'What the audit keeps no longer could not be deleted; it is tried again tomorrow')
    }
    return PRUNE_MS
  }

  const turns = [repeat(seal, 0), repeat(prune, FIRST_PRUNE_MS)]
  return { close: async () => void (await Promise.all(turns.map((turn) => turn.stop()))) }
}
