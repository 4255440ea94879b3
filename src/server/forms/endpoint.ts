import { codedError } from '../../platform/errors.ts'
import { networkOf } from '../../platform/identity/passwords/address-attempts.ts'
import { errorResponse } from '../plugin-routes/refusals.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { httpOfRateLimit } from '../rates/headers.ts'
import { consume, limiter, rateLimited } from '../rates/quota.ts'
import { confirmationPage } from './confirmation-page.ts'
import type { PublicForms, RequestMeta, ServedForm } from './public-forms.ts'
import { readSentForm } from './read-sent-form.ts'

/** The forms with which visitors of websites become leads, and the confirmations of their e-mail addresses. */
export interface FormEndpoint {
  /** Handles a request. Returns null when the address is none of a form. */
  handle(request: Request, meta: RequestMeta): Promise<Response | null>
  /** Returns the origins whose pages may send a form; null when the address is none of a form. */
  originsOf(request: Request): Promise<readonly string[] | null>
}

const FORM = /^\/forms\/([\w-]{24})$/
const CONFIRMATION = /^\/forms\/confirm\/([\w-]{20,100})$/
/** Forms that one network may send in a minute, and forms that may be sent with one key in a minute, on one node. */
const RATES = { ofNetwork: 20, ofForm: 300 }

/** Creates the handler of public forms. Anybody can send one: rates count before the body is read. */
export function createFormEndpoint<Form extends ServedForm, Confirmation>(
  forms: PublicForms<Form, Confirmation>,
  presentation: Presentation,
): FormEndpoint {
  const [ofNetwork, ofForm] = [limiter(RATES.ofNetwork), limiter(RATES.ofForm)]

  const count = async (key: string, { origin: { ipAddress } }: RequestMeta) => {
    const counted = [
      ofNetwork && ipAddress !== null ? await consume(ofNetwork, networkOf(ipAddress), 1) : null,
      ofForm ? await consume(ofForm, key, 1) : null,
    ]
    for (const each of counted) if (each?.isExceeded) throw rateLimited('forms', each.quotaState)
  }

  const capture = async (request: Request, form: Form, meta: RequestMeta): Promise<Response> => {
    const sent = await readSentForm(request)
    if ('error' in sent) return errorResponse(sent.status, codedError('BAD_USER_INPUT', sent.error))
    const problems = await forms.capture(form, sent.fields, meta)
    if (problems.length > 0) {
      const fields = problems.map(({ path, message }) => ({ field: path?.[1] ?? null, message }))
      return errorResponse(422, codedError('BAD_USER_INPUT', 'The form has fields that are not valid.', { fields }))
    }
    // Also for a form that a robot has filled in: it must not learn why it made no lead.
    return sent.isFromPage && form.redirectUrl !== null
      ? new Response(null, { status: 303, headers: { location: form.redirectUrl } })
      : Response.json({ status: 'accepted' }, { status: 202 })
  }

  const confirm = async (request: Request, token: string, meta: RequestMeta): Promise<Response> => {
    await count('confirm', meta)
    const pending = await forms.findConfirmation(token)
    if (!pending) return confirmationPage('EXPIRED')
    // A GET changes nothing: scanners of e-mails open every address.
    if (request.method !== 'POST') return confirmationPage('ASKING')
    return confirmationPage((await forms.confirm(pending, meta)) ? 'CONFIRMED' : 'EXPIRED')
  }

  const respond = async (request: Request, meta: RequestMeta): Promise<Response | null> => {
    const { pathname } = new URL(request.url)
    const [, token] = CONFIRMATION.exec(pathname) ?? []
    if (token !== undefined && ['GET', 'HEAD', 'POST'].includes(request.method)) return confirm(request, token, meta)
    const [, key] = FORM.exec(pathname) ?? []
    if (key === undefined || request.method !== 'POST') return null
    await count(key, meta)
    const form = await forms.find(key)
    return form && capture(request, form, meta)
  }

  return {
    async handle(request, meta) {
      try {
        return await respond(request, meta)
      } catch (error) {
        const presented = presentError(error, meta.requestId, presentation)
        const limited = httpOfRateLimit(presented)
        if (limited) return errorResponse(limited.status, presented, limited.headers)
        return errorResponse(presented.extensions['code'] === 'UNAVAILABLE' ? 503 : 500, presented)
      }
    },
    async originsOf(request) {
      const [, key] = FORM.exec(new URL(request.url).pathname) ?? []
      if (key === undefined) return null
      return (await forms.find(key).catch(() => null))?.allowedOrigins ?? null
    },
  }
}
