/**
 * Returns SQL that creates temporary functions. They compute values from a seed, a salt and a number. The same
 * arguments return the same value on every machine: `hashint8extended` never changes, because PostgreSQL's hash
 * partitions depend on it.
 */
export function generatorFunctions(seed: number): string {
  return `
    create function pg_temp.fraction(salt int, i bigint) returns float8 language sql immutable
      return (hashint8extended(i, ${seed}::bigint * 1000 + salt) & 1073741823) / 1073741824.0::float8;
    create function pg_temp.roll(salt int, i bigint, sides int) returns int language sql immutable
      return floor(pg_temp.fraction(salt, i) * sides)::int;
    create function pg_temp.pick(words text[], salt int, i bigint) returns text language sql immutable
      return words[1 + pg_temp.roll(salt, i, cardinality(words))];
    -- A number from 1 to sides. Small numbers are more likely than large ones; the share of 1 is about sides ^ (-1 / power).
    create function pg_temp.skewed(salt int, i bigint, sides int, power float8) returns int language sql immutable
      return 1 + floor(pg_temp.fraction(salt, i) ^ power * sides)::int;
    -- A time in the three years before 2026, in whole milliseconds; fraction is from 0 to 1.
    create function pg_temp.moment(fraction float8) returns timestamptz language sql immutable
      return '2023-01-01T00:00:00Z'::timestamptz + make_interval(secs => round((fraction * 94608000)::numeric, 3)::float8);
    -- A UUIDv7 for a time: the order of ids is the order of times, as for the ids that Rapport creates.
    create function pg_temp.uuid_at(at timestamptz, salt int, i bigint) returns uuid language sql immutable
      return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt || ':' || i || ':${seed}'), 1, 3)
        || '8' || substr(md5(salt || ':' || i || ':${seed}'), 4, 15))::uuid;`
}

/**
 * Returns a list of words, separated by spaces, as the SQL literal of a text array. An underscore in a word becomes a
 * space.
 */
export function words(list: string): string {
  return `'{${list
    .trim()
    .split(/\s+/)
    .map((word) => `"${word.replaceAll('_', ' ').replaceAll("'", "''")}"`)
    .join(',')}}'::text[]`
}
