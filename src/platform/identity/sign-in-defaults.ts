const DAY_SECONDS = 24 * 60 * 60

/** Default of the longest lifetime of a session, in seconds. */
export const DEFAULT_SESSION_SECONDS = 30 * DAY_SECONDS
/** Default of the time after which an unused session ends, in seconds. */
export const DEFAULT_SESSION_IDLE_SECONDS = 7 * DAY_SECONDS
/** Default of how far the clock of an identity provider may be off, in seconds. */
export const DEFAULT_CLOCK_LEEWAY_SECONDS = 5
/** The largest leeway that the operator can set, in seconds: more than the error of any synchronised clock. */
export const MAX_CLOCK_LEEWAY_SECONDS = 60
