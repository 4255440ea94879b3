const MAX_BYTES = 1_000_000
const TIME_LIMIT_MS = 5_000

/**
 * Fetches a document of an identity provider, without redirects and within 5 seconds and 1 MB. Returns a response whose
 * body is already read.
 * @throws Error that describes the failure and quotes nothing that the provider sent.
 */
export async function fetchProviderDocument(url: string): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
    headers: { accept: 'application/json' },
  })
  try {
    if (response.status !== 200) throw new Error(`${url} returned the status ${response.status} instead of 200.`)
    if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) throw tooLong(url)
    return new Response(await bodyOf(response, url), { status: 200, headers: { 'content-type': 'application/json' } })
  } catch (error) {
    await response.body?.cancel().catch(() => undefined)
    throw error
  }
}

async function bodyOf(response: Response, url: string): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw tooLong(url)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLong(url: string): Error {
  return new Error(`${url} returned more than ${MAX_BYTES} bytes.`)
}
