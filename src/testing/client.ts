import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'

/**
 * A GraphQL operation: a typed document, as `graphql(…)` of GraphQL Code Generator returns it, or a string. The data of
 * a string is `unknown`.
 */
export type OperationDocument<Data, Variables> = TypedDocument<Data, Variables> & { toString(): string }

/** Has the property in which GraphQL Code Generator declares the types of an operation. */
interface TypedDocument<Data, Variables> {
  __apiType?: (variables: Variables) => Data
}

/** The response to an operation. */
export interface TestAnswer<Data> {
  /** HTTP status. */
  readonly status: number
  readonly data: Data | null
  /** Empty when the response has no errors. */
  readonly errors: readonly GraphQLFormattedError[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The user of a client. */
export interface TestActor {
  /** uuid */
  readonly id: string
  /** uuid */
  readonly workspaceId: string
  readonly email: string
}

/** Sends operations with one credential. */
export interface TestClient<Actor = TestActor | null> {
  /** The user of the credential; null when the test created the credential itself. */
  readonly actor: Actor
  /** The credential; null when the client sends none. */
  readonly token: string | null
  /** Sends an operation and returns the response, errors included. */
  query<Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: NoInfer<Variables>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer<Data>>
  /**
   * Sends an operation and returns the data.
   * @throws Error that lists all errors when the response has any, so that a test does not ignore a failed preparation.
   */
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

/**
 * Creates a client that sends its requests with `fetch`, such as `fetch` of an app.
 * @param token The credential; null to send none.
 */
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
    // The data is not checked against the type of the document. If the server does not follow its schema, the test
    // fails.
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
      const problems = errors
        .map((error) => `- ${error.message} ${JSON.stringify({ path: error.path, ...error.extensions })}`)
        .join('\n')
      throw new Error(`The server returned errors (HTTP ${status}):\n${problems}\nto: ${textOf(document)}`)
    },
  }
}

function textOf(document: { toString(): string }): string {
  if (typeof document === 'string' || document instanceof String) return document.toString()
  throw new Error('This operation is not in generated/graphql. Run: npm run codegen')
}
