import { z } from 'zod'

const TIME_ZONES: ReadonlySet<string> = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])

/** Schema of the name of a time zone in the IANA database: `Europe/Berlin`. */
export const timeZone = z
  .string()
  .refine((zone) => TIME_ZONES.has(zone), 'A time zone is a name of the IANA database, such as Europe/Berlin, or UTC.')
