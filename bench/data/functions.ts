/**
 * Temporary SQL functions that make values from a seed, a salt and a number: the same ones give the same value on every
 * machine, because PostgreSQL's own hash partitions rest on `hashint8extended` never changing.
 */
export function generatorFunctions(seed: number): string {
  return `
    create function pg_temp.fraction(salt int, i bigint) returns float8 language sql immutable
      return (hashint8extended(i, ${seed}::bigint * 1000 + salt) & 1073741823) / 1073741824.0::float8;
    create function pg_temp.roll(salt int, i bigint, sides int) returns int language sql immutable
      return floor(pg_temp.fraction(salt, i) * sides)::int;
    create function pg_temp.pick(words text[], salt int, i bigint) returns text language sql immutable
      return words[1 + pg_temp.roll(salt, i, cardinality(words))];
    -- Small numbers are likelier than large ones: 1 to sides, the first with a share of about sides ^ (-1 / power).
    create function pg_temp.skewed(salt int, i bigint, sides int, power float8) returns int language sql immutable
      return 1 + floor(pg_temp.fraction(salt, i) ^ power * sides)::int;
    -- Three years that end in 2026, in milliseconds.
    create function pg_temp.moment(fraction float8) returns timestamptz language sql immutable
      return '2023-01-01T00:00:00Z'::timestamptz + make_interval(secs => round((fraction * 94608000)::numeric, 3)::float8);
    -- A UUIDv7 of that moment: ids follow the time, as the ones that Rapport makes.
    create function pg_temp.uuid_at(at timestamptz, salt int, i bigint) returns uuid language sql immutable
      return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt || ':' || i || ':${seed}'), 1, 3)
        || '8' || substr(md5(salt || ':' || i || ':${seed}'), 4, 15))::uuid;`
}

/** A text array as an SQL literal. */
export function words(list: string): string {
  return `'{${list
    .trim()
    .split(/\s+/)
    .map((word) => `"${word.replaceAll('_', ' ').replaceAll("'", "''")}"`)
    .join(',')}}'::text[]`
}
