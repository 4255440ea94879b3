const DAY_SECONDS = 24 * 60 * 60

/** Life of a session, in seconds, unless the operator says otherwise. */
export const DEFAULT_SESSION_SECONDS = 30 * DAY_SECONDS
/** Life of a session that nobody uses, in seconds, unless the operator says otherwise. */
export const DEFAULT_SESSION_IDLE_SECONDS = 7 * DAY_SECONDS
/** How far the clock of an identity provider may be off, in seconds, unless the operator says otherwise. */
export const DEFAULT_CLOCK_LEEWAY_SECONDS = 5
/** More than any clock that is kept at all. */
export const MAX_CLOCK_LEEWAY_SECONDS = 60
