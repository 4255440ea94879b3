import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import type { Database } from '../../platform/data/database.ts'
import { codedError } from '../../platform/errors.ts'
import { exportFile } from '../../platform/exports/export-file.ts'
import { EXPORTS_PATH } from '../../platform/exports/export-operation.ts'
import type { ExportPlan } from '../../platform/exports/export-plan.ts'
import { formatOf } from '../../platform/exports/formats/file-format.ts'
import { planExport } from '../../platform/exports/plan-export.ts'
import { findExport, type StoredExport } from '../../platform/exports/stored-exports.ts'
import { dayIn } from '../../platform/formats/day.ts'
import type { Authenticator } from '../../platform/identity/authenticate.ts'
import { AuthenticationError } from '../../platform/identity/identity-errors.ts'
import type { Actor } from '../../platform/request/actor.ts'
import type { PluginHost, RequestContext } from '../../platform/request/context.ts'
import type { RequestOrigin } from '../../platform/request/origin.ts'
import type { Admission } from '../admission.ts'
import { isTooComplex } from '../limits/limits.ts'
import { errorResponse } from '../plugin-routes/refusals.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { httpOfRateLimit } from '../rates/headers.ts'
import type { ServerSettings } from '../server-settings.ts'
import { type ClientConnection, sendFile } from './file-stream.ts'
import { countExports } from './running-exports.ts'

/** The services and settings that downloads of exports use. */
export interface ExportEndpointParts {
  readonly host: PluginHost
  readonly database: Database
  readonly authenticator: Authenticator
  readonly admission: Admission
  readonly presentation: Presentation
  readonly settings: Pick<ServerSettings, 'limits'>
  /** Returns the current time; the system clock by default. */
  readonly now?: (() => Date) | undefined
}

/** What is known of a request before its export is found. */
interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
  /** Connection of the client; null when the request did not arrive through a socket, as in tests. */
  readonly connection: ClientConnection | null
}

/** The downloads of exports. */
export interface ExportEndpoint {
  /** Handles a download. Returns null when the address is not one of an export. */
  readonly handle: (request: Request, meta: RequestMeta) => Promise<Response> | null
  /** Interrupts the downloads that run, and each that begins from now on. */
  readonly close: () => Promise<void>
}

/** Milliseconds after which a client that does not read counts as gone: less than PostgreSQL's limit for idle transactions. */
const PATIENCE_MS = 30_000
/** Milliseconds after which the rights of the caller of a running export are read again. */
const RIGHTS_MS = 5_000
/** Minutes that a download may take: until its end, the transaction holds back VACUUM, and migrations of its tables. */
const LONGEST_MINUTES = 30

/** Creates the handler of downloads of exports. */
export function createExportEndpoint(parts: ExportEndpointParts): ExportEndpoint {
  const running = countExports(parts.settings.limits, parts.database.app.options.max)
  const now = parts.now ?? (() => new Date())
  const interrupts = new Set<() => Promise<void>>()
  let isClosing = false
  const download = async (request: Request, meta: RequestMeta): Promise<Response> => {
    if (request.method !== 'GET')
      return errorResponse(405, codedError('BAD_USER_INPUT', 'Send a GET request.'), { allow: 'GET' })
    const token = new URL(request.url).pathname.slice(EXPORTS_PATH.length)
    const stored = await findExport(parts.database.ownerPool, token, now())
    if (!stored) throw notValid()
    const actor = await callerOf(parts.authenticator, stored)
    await parts.admission.countRequest(actor)
    const runtime = await parts.host.runtimeOf(actor)
    const { requestId, origin, connection } = meta
    const context: RequestContext = {
      requestId,
      origin,
      runtime,
      actor,
      mutation: 'exportRecords',
      idempotencyKey: null,
      requestHash: '',
    }
    const planned = planExport(context, stored.order)
    if ('errors' in planned) return errorResponse(400, noLongerPossible(planned.errors))
    const end = running.begin(actor.workspaceId)
    let interrupt: (() => Promise<void>) | undefined
    const file = await sendFile({
      pieces: exportFile(context, planned.plan, pieceCheck(parts.authenticator, stored, now)),
      connection,
      patienceMs: PATIENCE_MS,
      onEnd(error) {
        end()
        if (interrupt) interrupts.delete(interrupt)
        if (error !== null) logInterrupted(parts.presentation.log, meta, error)
      },
    })
    interrupt = () => file.interrupt(new Error('The server stops.'))
    interrupts.add(interrupt)
    if (isClosing) await interrupt()
    return new Response(file.body, { headers: headersOf(planned.plan, actor, now()) })
  }
  return {
    handle: (request, meta) =>
      new URL(request.url).pathname.startsWith(EXPORTS_PATH)
        ? download(request, meta).catch((error: unknown) => refusalOf(error, meta, parts.presentation))
        : null,
    async close() {
      isClosing = true
      await Promise.all([...interrupts].map((interrupt) => interrupt()))
    },
  }
}

/**
 * Returns the caller of an export with their current rights.
 * @throws AuthenticationError when the credential of the order is not accepted any more. GraphQLError RIGHTS_CHANGED
 *   when the caller's rights are not those with which the export was ordered.
 */
async function callerOf(authenticator: Authenticator, stored: StoredExport): Promise<Actor> {
  const actor = await authenticator.renew(stored.actor)
  if (actor.rightsVersion !== stored.rightsVersion)
    throw codedError('RIGHTS_CHANGED', 'Your permissions have changed since you ordered this export. Order it again.')
  return actor
}

/**
 * Returns the function that a running export calls before each piece. It throws when the export takes too long and, now
 * and then checked, when its caller does not have the same rights any more.
 */
function pieceCheck(authenticator: Authenticator, stored: StoredExport, now: () => Date): () => Promise<void> {
  const begunAt = now().getTime()
  let checkedAt = begunAt
  return async () => {
    const time = now().getTime()
    if (time - begunAt > LONGEST_MINUTES * 60_000)
      throw codedError(
        'QUERY_TOO_COMPLEX',
        `The export has taken more than ${LONGEST_MINUTES} minutes. Export fewer records at once, or read faster.`,
      )
    if (time - checkedAt < RIGHTS_MS) return
    checkedAt = time
    await callerOf(authenticator, stored)
  }
}

/** Returns the headers of a file: a browser saves it and never shows it, because its values come from anybody. */
function headersOf(plan: ExportPlan, { calendar }: Actor, now: Date): Record<string, string> {
  const { contentType, extension } = formatOf(plan)
  return {
    'content-type': contentType,
    // Names of lists consist of letters and digits.
    'content-disposition': `attachment; filename="${plan.list}-${dayIn(calendar.timeZone, now)}.${extension}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}

function notValid(): GraphQLError {
  return codedError(
    'UNAUTHENTICATED',
    'The address of the export is not valid, or not any more. Order the export again with exportRecords.',
  )
}

function noLongerPossible(errors: readonly { readonly message: string }[]): GraphQLError {
  const reasons = errors.map(({ message }) => message).join(' ')
  return codedError('BAD_USER_INPUT', `The export is not possible any more. ${reasons} Order another one.`)
}

/** HTTP status by the code of the error. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RIGHTS_CHANGED: 403,
  BAD_USER_INPUT: 400,
  // The statement took too long, and would again.
  QUERY_TOO_COMPLEX: 400,
  UNAVAILABLE: 503,
}

function refusalOf(error: unknown, { requestId }: RequestMeta, presentation: Presentation): Response {
  if (error instanceof AuthenticationError)
    presentation.log.info({ requestId, reason: error.reason }, 'Refused the credential of an export')
  const presented = presentError(error, requestId, presentation)
  const rateLimit = httpOfRateLimit(presented)
  if (rateLimit) return errorResponse(rateLimit.status, presented, rateLimit.headers)
  // Too many exports run at the same time: later there may be fewer.
  if (isTooComplex(error)) return errorResponse(429, presented, { 'retry-after': '10' })
  return errorResponse(STATUS[String(presented.extensions['code'])] ?? 500, presented)
}

function logInterrupted(log: Logger, { requestId }: RequestMeta, error: unknown): void {
  const isExpected = error instanceof GraphQLError || error instanceof AuthenticationError
  const fields = { requestId, err: error }
  if (isExpected) log.info(fields, 'An export was interrupted')
  else log.warn(fields, 'An export was interrupted')
}
