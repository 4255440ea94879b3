/** How a workspace divides time: from its record. */
export interface Calendar {
  /** Time zone in which days begin: a name of the IANA database, such as `Europe/Berlin`. */
  readonly timeZone: string
  /** Month in which the fiscal year begins: 1 for January to 12 for December. */
  readonly fiscalYearStartMonth: number
}

/** SQL of the calendar of a row `w` of `workspaces`, as jsonb. */
export const CALENDAR = `jsonb_build_object('timeZone', w.time_zone, 'fiscalYearStartMonth', w.fiscal_year_start_month)`
