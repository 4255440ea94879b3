const MAX_BYTES = 1_000_000
const TIME_LIMIT_MS = 5_000

/**
 * Fetches a document of an identity provider: no redirects, 5 seconds, 1 MB. Answers a response that is wholly read. Throws Error
 * with what went wrong, which quotes nothing that the provider said.
 */
export async function fetchProviderDocument(url: string): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
    headers: { accept: 'application/json' },
  })
  try {
    if (response.status !== 200) throw new Error(`${url} answered ${response.status} instead of 200.`)
    if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) throw tooLong(url)
    return new Response(await bodyOf(response, url), { status: 200, headers: { 'content-type': 'application/json' } })
  } catch (error) {
    await response.body?.cancel().catch(() => undefined)
    throw error
  }
}

async function bodyOf(response: Response, url: string): Promise<Buffer<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.byteLength
    if (size > MAX_BYTES) throw tooLong(url)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function tooLong(url: string): Error {
  return new Error(`${url} answered more than ${MAX_BYTES} bytes.`)
}
