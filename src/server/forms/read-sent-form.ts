import { MAX_UNVERIFIED_DRAINED_BYTES, readAtMost } from '../body.ts'

const MAX_BYTES = 64_000
const MAX_FIELDS = 100
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i
const JSON_TYPE = /^application\/json\s*(;|$)/i

type SentForm =
  | {
      readonly fields: ReadonlyMap<
        string,
        string
      > /** Whether a browser sent the form of a page, which shows what comes next. */
      readonly isFromPage: boolean
    }
  | { readonly status: 400 | 413 | 415; readonly error: string }

/** Reads a form that was sent as `application/x-www-form-urlencoded`, or as a JSON object of texts, numbers and booleans. */
export async function readSentForm(request: Request): Promise<SentForm> {
  const type = request.headers.get('content-type') ?? ''
  const isFromPage = FORM_TYPE.test(type)
  if (!isFromPage && !JSON_TYPE.test(type))
    return { status: 415, error: 'Send the form as application/x-www-form-urlencoded or application/json.' }
  const body = await readAtMost(request.body, MAX_BYTES, MAX_UNVERIFIED_DRAINED_BYTES)
  if (body === null) return { status: 413, error: `The form has more than ${MAX_BYTES} bytes.` }
  const entries = isFromPage ? [...new URLSearchParams(body.toString('utf8'))] : jsonEntries(body.toString('utf8'))
  if (entries === null) return { status: 400, error: 'The form is not a JSON object of texts, numbers and booleans.' }
  if (entries.length > MAX_FIELDS) return { status: 400, error: `The form has more than ${MAX_FIELDS} fields.` }
  return { fields: new Map(entries), isFromPage }
}

function jsonEntries(text: string): [string, string][] | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
  const entries = Object.entries(value).filter(([, each]) => each !== null)
  const isPlain = entries.every(([, each]) => ['string', 'number', 'boolean'].includes(typeof each))
  return isPlain ? entries.map(([name, each]) => [name, String(each)]) : null
}
