/** Fields of a form that an OAuth endpoint was sent, each with a value. */
export type Form = ReadonlyMap<string, string>

/** Why a form can't be read: HTTP status, and a sentence for the developer of the client. */
export interface FormRefusal {
  readonly status: 400 | 413
  readonly description: string
}

// A token has 8 KB at most; the rest of a form is short.
const MAX_FORM_BYTES = 32_000
// Who is cut off while sending sees a broken connection and no answer, so a good deal more is read and thrown away.
const MAX_DRAINED_BYTES = 5_000_000
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i

/** Reads the form of a POST (RFC 6749, 3.2): each field once; one without a value counts as left out. */
export async function readForm(request: Request): Promise<Form | FormRefusal> {
  if (!FORM_TYPE.test(request.headers.get('content-type') ?? ''))
    return refuse('Send the request as a form, with the header "Content-Type: application/x-www-form-urlencoded".')
  const text = await readBody(request)
  if (text === null) return { status: 413, description: `The request has more than ${MAX_FORM_BYTES} bytes.` }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) return refuse('The request has a field twice.')
    if (value.includes('\0')) return refuse('The request has a NUL character in a field.')
    form.set(name, value)
  }
  return new Map([...form].filter(([, value]) => value !== ''))
}

function refuse(description: string): FormRefusal {
  return { status: 400, description }
}

/** Null for one that is too long. */
async function readBody(request: Request): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += piece.byteLength
    if (size > MAX_DRAINED_BYTES) break
    if (size <= MAX_FORM_BYTES) pieces.push(piece)
  }
  return size > MAX_FORM_BYTES ? null : Buffer.concat(pieces).toString('utf8')
}
