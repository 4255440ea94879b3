import pg, { type PoolClient } from 'pg'
import type { EntryReader, Seal, SealedEntry } from './chain.ts'
import { ENTRY_HASH, SEAL_HEADER } from './entry-hash.ts'

/** Rows that one fetch of a cursor reads. */
const BATCH = 1_000
/** Age in minutes from which on an entry has to be sealed: a running server seals every second. */
export const SEALED_WITHIN = 5

/** Reads a workspace's seals in the order of their numbers, in batches, in the client's transaction. */
export async function* readSeals(client: PoolClient, workspaceId: string): AsyncGenerator<Seal> {
  const rows = cursor<SealRow>(
    client,
    'seals',
    `select s.number, s.from_xid::text as "fromXid", s.to_xid::text as "toXid", s.entry_count as "entryCount",
       s.previous_hash as "previousHash", s.hash, s.pruned_at is not null as "isPruned", ${SEAL_HEADER} as header
     from audit_seals s where s.workspace_id = ${pg.escapeLiteral(workspaceId)} order by s.number`,
  )
  for await (const row of rows) yield { ...row, fromXid: BigInt(row.fromXid), toXid: BigInt(row.toXid) }
}

type SealRow = Omit<Seal, 'fromXid' | 'toXid'> & { readonly fromXid: string; readonly toXid: string }

/** Reads a workspace's entries in the order in which they are sealed, in batches, in the client's transaction. */
export async function readEntries(client: PoolClient, workspaceId: string): Promise<EntryReader> {
  const rows = cursor<{ id: string; xid: string; hash: Buffer; isOld: boolean }>(
    client,
    'entries',
    `select e.id, e.xid::text as xid, ${ENTRY_HASH} as hash,
       e.at < now() - interval '${SEALED_WITHIN} minutes' as "isOld"
     from audit_entries e where e.workspace_id = ${pg.escapeLiteral(workspaceId)} order by e.xid, e.id`,
  )
  const readNext = async (): Promise<SealedEntry | null> => {
    const { value, done } = await rows.next()
    return done ? null : { ...value, xid: BigInt(value.xid) }
  }
  let next = await readNext()
  return {
    async readUpTo(xid, onEntry) {
      let count = 0
      for (; next && next.xid < xid; next = await readNext()) {
        onEntry(next)
        count++
      }
      return count
    },
  }
}

/**
 * Returns how many seals and entries of the workspace were pruned so far, as the newest audit entry about pruning
 * records it; null when there is no such entry.
 */
export async function readPruneTotals(
  client: PoolClient,
  workspaceId: string,
): Promise<{ readonly seals: number; readonly entries: number } | null> {
  const { rows } = await client.query<{ seals: string | null; entries: string | null }>(
    `select changes->'seals'->>'to' as seals, changes->'entries'->>'to' as entries from audit_entries
     where workspace_id = $1 and operation = 'DELETED' and type = 'AuditEntry' order by xid desc, id desc limit 1`,
    [workspaceId],
  )
  return rows[0] ? { seals: Number(rows[0].seals), entries: Number(rows[0].entries) } : null
}

/** Yields the rows of a query, through a cursor that is closed at the end. */
async function* cursor<Row extends object>(client: PoolClient, name: string, query: string): AsyncGenerator<Row> {
  await client.query(`declare ${name} no scroll cursor for ${query}`)
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${BATCH} from ${name}`)
    yield* rows
    if (rows.length < BATCH) break
  }
  await client.query(`close ${name}`)
}
