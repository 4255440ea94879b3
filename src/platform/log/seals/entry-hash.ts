/**
 * SQL (bytea) of the hash of the row `e` of audit_entries: the SHA-256 of its canonical text. The text names the
 * columns, leaves out columns without a value, and writes instants as seconds since 1970. So it depends neither on the
 * session's time zone nor on columns that are added later, in which older entries have no value.
 */
export const ENTRY_HASH = `sha256(convert_to(jsonb_strip_nulls(jsonb_build_object(
  'workspaceId', e.workspace_id, 'id', e.id, 'xid', e.xid::text, 'at', extract(epoch from e.at)::text,
  'actorId', e.actor_id, 'operation', e.operation::text, 'type', e.type, 'recordId', e.record_id, 'version', e.version,
  'changes', e.changes::text, 'requestId', e.request_id, 'mutation', e.mutation, 'plugin', e.plugin,
  'permission', e.permission, 'ipAddress', e.ip_address, 'userAgent', e.user_agent))::text, 'UTF8'))`

/**
 * SQL (text) of the text that a seal's hash begins with: all columns of the row `s` of audit_seals except the hash
 * itself and `pruned_at`, which is set later. The hashes of the seal's entries follow, in the order of transaction and
 * id.
 */
export const SEAL_HEADER = `jsonb_build_array('rapport audit 1', s.workspace_id, s.number, s.from_xid::text, s.to_xid::text,
  s.entry_count, extract(epoch from s.sealed_at)::text, s.previous_hash)::text`

/** The first seal's value for the hash of the previous seal. */
export const NO_HASH = '0'.repeat(64)

/** First key of the audit's advisory locks: the letters `audt` in ASCII. */
export const LOCK_CLASS = 1635083380
/** Second key of the lock for sealing, which one node does at a time. */
export const SEAL_LOCK = 1
/** Second key of the lock for pruning, which one node does at a time. */
export const PRUNE_LOCK = 2
