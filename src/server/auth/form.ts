import { MAX_UNVERIFIED_DRAINED_BYTES, readAtMost } from '../body.ts'

/** The fields of a form that was sent to an OAuth endpoint. No value is empty. */
export type Form = ReadonlyMap<string, string>

/** Why a form can't be read: the HTTP status, and a sentence for the developer of the client. */
export interface FormRefusal {
  readonly status: 400 | 413
  readonly description: string
}

// A token has at most 8 KB; the other fields of a form are short.
const MAX_FORM_BYTES = 32_000
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i

/** Reads the form of a POST (RFC 6749, 3.2). A field may occur only once; an empty field counts as absent. */
export async function readForm(request: Request): Promise<Form | FormRefusal> {
  if (!FORM_TYPE.test(request.headers.get('content-type') ?? ''))
    return refuse('Send the request as a form, with the header "Content-Type: application/x-www-form-urlencoded".')
  const body = await readAtMost(request.body, MAX_FORM_BYTES, MAX_UNVERIFIED_DRAINED_BYTES)
  if (body === null) return { status: 413, description: `The request has more than ${MAX_FORM_BYTES} bytes.` }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (form.has(name)) return refuse('The form has the same field twice.')
    if (value.includes('\0')) return refuse('The form has a NUL character in a field.')
    form.set(name, value)
  }
  return new Map([...form].filter(([, value]) => value !== ''))
}

function refuse(description: string): FormRefusal {
  return { status: 400, description }
}
