/**
 * Extensions of PostgreSQL that a plugin's migrations may create. Each is trusted: the owner of the database may create
 * it without being a superuser, and its functions only compute.
 */
export const ALLOWED_EXTENSIONS = [
  'btree_gin',
  'btree_gist',
  'citext',
  'fuzzystrmatch',
  'intarray',
  'ltree',
  'pg_trgm',
  'unaccent',
] as const
