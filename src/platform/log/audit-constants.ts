/** Operations of entries that tell of a write: what the history of a record shows. The others are for who may read the audit. */
export const WRITES: readonly string[] = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED']

/** Permission to read the whole audit, and where requests came from. */
export const READ_AUDIT = 'audit:read'
