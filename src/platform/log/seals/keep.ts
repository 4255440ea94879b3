import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../../async/repeat.ts'
import { rememberSeals } from './kept-seals.ts'
import { pruneAudit } from './prune.ts'
import { ForeignSealsError, type NewSeal, sealAudit } from './seal.ts'

/**
 * Milliseconds between rounds of sealing. Short, because nobody notices when an entry is altered before it is sealed.
 */
const SEAL_MS = 1_000
/** Milliseconds between reports of the newest seals in the server's log. */
const REPORT_INTERVAL_MS = 3_600_000
/** Milliseconds between rounds of pruning. */
const PRUNE_MS = 86_400_000
/** Milliseconds until the first round of pruning: short, so that a server that is restarted every day prunes too. */
const FIRST_PRUNE_MS = 60_000

/** The maintenance of the audit in the background. */
export interface AuditMaintenance {
  /** Starts no further round of sealing or pruning, and waits for the rounds that are running. */
  close(): Promise<void>
}

/**
 * Starts the maintenance of the audit: seals it every second, and deletes entries past their retention once a day
 * (prunes). All nodes of an installation may run it: a lock lets one of them work at a time.
 */
export function maintainAudit({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): AuditMaintenance {
  const { ownerPool } = database
  const remembered = rememberSeals(ownerPool)
  const unreported = new Map<string, NewSeal>()
  let sealedTo: string | null = null
  let reportAt = 0
  let isFailing = false

  const reportNewestSeals = () => {
    if (unreported.size === 0 || Date.now() < reportAt) return
    reportAt = Date.now() + REPORT_INTERVAL_MS
    // When the log is stored outside this database, these hashes show whether seals were removed from the end or
    // created anew.
    for (const { workspaceId, number, hash } of unreported.values())
      log.info({ workspaceId, seal: number, hash }, 'The audit is sealed up to here')
    unreported.clear()
  }

  // Does not seal the entries of a missing seal again: they may have been altered since.
  const reportMissingSeals = async () => {
    for (const { workspaceId, number, hash } of await remembered.findMissing())
      log.error(
        { workspaceId, seal: number, hash },
        'This seal of the audit was made by this server and is gone or altered: somebody removed it, or the database was restored. Its entries are not sealed again. Run rapport audit verify, and see docs/operators/audit.md',
      )
  }

  const seal = async () => {
    try {
      await reportMissingSeals()
      const round = await sealAudit(ownerPool, sealedTo)
      isFailing = false
      if (!round) return SEAL_MS
      sealedTo = round.sealedTo
      for (const newSeal of round.seals) {
        unreported.set(newSeal.workspaceId, newSeal)
        remembered.remember(newSeal)
      }
      reportNewestSeals()
      return round.hasMore ? 0 : SEAL_MS
    } catch (error) {
      const isForeign = error instanceof ForeignSealsError
      if (!isFailing)
        log[isForeign ? 'error' : 'warn']({ err: error }, 'The audit cannot be sealed now; sealing is retried')
      isFailing = true
      // Sealing works again only when this cluster has had as many transactions as the seals name, which takes long.
      return isForeign ? REPORT_INTERVAL_MS : SEAL_MS
    }
  }

  const prune = async () => {
    try {
      for (const { fault, ...pruned } of await pruneAudit(ownerPool))
        if (fault)
          log.error(
            { ...pruned, reason: fault },
            'The audit does not fit its seals; no more of its entries are deleted',
          )
        else log.info(pruned, 'Deleted audit entries past their retention')
    } catch (error) {
      log.warn({ err: error }, 'Audit entries past their retention could not be deleted; this is retried tomorrow')
    }
    return PRUNE_MS
  }

  const loops = [repeat(seal, 0), repeat(prune, FIRST_PRUNE_MS)]
  return { close: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) }
}
