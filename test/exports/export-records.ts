import { at, listAt } from '../../src/testing/answers.ts'
import type { TestClient } from '../../src/testing/client.ts'

export const EXPORT = `mutation ($input: ExportRecordsInput!) {
  exportRecords(input: $input) { url expiresAt userErrors { __typename code message path } }
}`

type Input = Readonly<Record<string, unknown>>

/** What `fetch` of a test server is. */
interface Server {
  fetch(request: Request): Promise<Response>
}

/** Orders an export of accounts, unless the input names another object. Returns the payload. */
export async function order(client: TestClient, input: Input): Promise<unknown> {
  return at(await client.must(EXPORT, { input: { object: 'Account', ...input } }), 'exportRecords')
}

/** Orders an export and returns the address of its file. Throws when the order is refused. */
export async function addressOf(client: TestClient, input: Input): Promise<string> {
  const payload = await order(client, input)
  const url = at(payload, 'url')
  if (typeof url !== 'string') throw new Error(`The export was refused: ${JSON.stringify(payload)}`)
  return new URL(url, 'http://127.0.0.1/graphql').href
}

export function download(server: Server, url: string, init: RequestInit = {}): Promise<Response> {
  return server.fetch(new Request(url, init))
}

/** Orders an export and returns its file. Throws when either is refused. */
export async function exported(server: Server, client: TestClient, input: Input): Promise<string> {
  const response = await download(server, await addressOf(client, input))
  const text = await response.text()
  if (response.status !== 200) throw new Error(`The download was refused: ${response.status} ${text}`)
  return text
}

/** Orders an export as JSON Lines and returns the records. */
export async function exportedRows(server: Server, client: TestClient, input: Input): Promise<readonly unknown[]> {
  const text = await exported(server, client, { ...input, format: 'JSON_LINES' })
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
}

/** `path: message` of each user error of a payload, without `input` at the beginning of the path. */
export function problemsOf(payload: unknown): string[] {
  return listAt(payload, 'userErrors').map(
    (error) => `${listAt(error, 'path').slice(1).join('.')}: ${String(at(error, 'message'))}`,
  )
}
