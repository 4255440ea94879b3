import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'

/** An operation: typed, as `graphql(…)` of GraphQL Code Generator answers it, or plain text. Of plain text the data is `unknown`. */
export type OperationDocument<Data, Variables> = TypedDocument<Data, Variables> & { toString(): string }

/** How GraphQL Code Generator tells the types of an operation. */
interface TypedDocument<Data, Variables> {
  __apiType?: (variables: Variables) => Data
}

export interface TestAnswer<Data> {
  /** HTTP status. */
  readonly status: number
  readonly data: Data | null
  /** Empty when there are none. */
  readonly errors: readonly GraphQLFormattedError[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** Who is behind a client. */
export interface TestActor {
  /** uuid */
  readonly id: string
  /** uuid */
  readonly workspaceId: string
  readonly email: string
}

/** Sends operations with one credential. */
export interface TestClient<Actor = TestActor | null> {
  /** Null for a credential that the test brought itself. */
  readonly actor: Actor
  readonly token: string | null
  /** Answers whatever the server does, errors included. */
  query<Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: NoInfer<Variables>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer<Data>>
  /** Answers the data. Throws with all errors when there is any, so that a test's preparation never fails in silence. */
  must<Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: NoInfer<Variables>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Data>
}

const answerBody = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
})

/** A client of `fetch`, which answers requests as a server does. `token` null sends no credential. */
export function createTestClient<Actor extends TestActor | null>(
  fetch: (request: Request) => Promise<Response>,
  token: string | null,
  actor: Actor,
): TestClient<Actor> {
  const query: TestClient['query'] = async <Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: Variables,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(
      new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query: textOf(document), variables }),
      }),
    )
    const body = answerBody.parse(await response.json())
    // The schema's types are the server's promise. Where it breaks that, the test that reads the value finds out.
    const data = (body.data ?? null) as Data | null
    return { status: response.status, data, errors: body.errors ?? [], extensions: body.extensions ?? {} }
  }
  return {
    actor,
    token,
    query,
    async must(document, variables, headers) {
      const { status, data, errors } = await query(document, variables, headers)
      if (data !== null && errors.length === 0) return data
      const what = errors
        .map((error) => `- ${error.message} ${JSON.stringify({ path: error.path, ...error.extensions })}`)
        .join('\n')
      throw new Error(`The server answered with errors (HTTP ${status}):\n${what}\nto: ${textOf(document)}`)
    },
  }
}

function textOf(document: { toString(): string }): string {
  if (typeof document === 'string' || document instanceof String) return document.toString()
  throw new Error('This operation is not in generated/graphql. Run: npm run codegen')
}
