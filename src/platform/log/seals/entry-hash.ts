/**
 * SQL (bytea) of the hash of the row `e` of audit_entries: SHA-256 of its canonical text. That text names its columns, leaves
 * out those without a value, and tells instants as seconds since 1970: it depends neither on a session's time zone nor on
 * columns that are added later, which entries of before don't have.
 */
export const ENTRY_HASH = `sha256(convert_to(jsonb_strip_nulls(jsonb_build_object(
  'workspaceId', e.workspace_id, 'id', e.id, 'xid', e.xid::text, 'at', extract(epoch from e.at)::text,
  'actorId', e.actor_id, 'operation', e.operation::text, 'type', e.type, 'recordId', e.record_id, 'version', e.version,
  'changes', e.changes::text, 'requestId', e.request_id, 'mutation', e.mutation, 'plugin', e.plugin,
  'permission', e.permission, 'ipAddress', e.ip_address, 'userAgent', e.user_agent))::text, 'UTF8'))`

/**
 * SQL (text) of what a seal's hash begins with: everything of the row `s` of audit_seals but the hash itself and `pruned_at`,
 * which comes later. The hashes of its entries follow, in the order of transaction and id.
 */
export const SEAL_HEADER = `jsonb_build_array('rapport audit 1', s.workspace_id, s.number, s.from_xid::text, s.to_xid::text,
  s.entry_count, extract(epoch from s.sealed_at)::text, s.previous_hash)::text`

/** What the first seal has for the hash of the one before it. */
export const NO_HASH = '0'.repeat(64)

/** Advisory locks of the audit are `(LOCK_CLASS, …)`: the letters `audt`. */
export const LOCK_CLASS = 1635083380
/** Who seals, one at a time. */
export const SEAL_LOCK = 1
/** Who deletes what is kept no longer, one at a time. */
export const PRUNE_LOCK = 2
