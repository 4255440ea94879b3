import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import type { FailureLog } from './failure-log.ts'

/**
 * A GraphQL operation: a typed document, as the function `graphql` of GraphQL Code Generator returns it, or a string.
 * For a string, the type of the response's data is `unknown`.
 */
export type OperationDocument<Data, Variables> = TypedDocument<Data, Variables> & { toString(): string }

/** The property with which GraphQL Code Generator declares the types of an operation. It has no value at run time. */
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

/** The user whose credential a client sends. */
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
  /** The credential; null when the client sends no credential. */
  readonly token: string | null
  /**
   * Sends an operation and returns the response, errors included.
   * @param extensions `extensions` of the request, such as `{ explain: true }`.
   */
  query<Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: NoInfer<Variables>,
    headers?: Readonly<Record<string, string>>,
    extensions?: Readonly<Record<string, unknown>>,
  ): Promise<TestAnswer<Data>>
  /**
   * Sends an operation and returns the data.
   * @throws Error that lists the errors of the response, if it has any. In the test kit its `cause` is the error of the
   * code that failed. User errors of a mutation are data and do not throw.
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
 * @param token The credential; null to send no credential.
 * @param failures Where the app of the client logs why a request failed; errors that `must` throws then say it.
 */
export function createTestClient<Actor extends TestActor | null>(
  fetch: (request: Request) => Promise<Response>,
  token: string | null,
  actor: Actor,
  failures: Pick<FailureLog, 'ofRequest'> = { ofRequest: () => [] },
): TestClient<Actor> {
  const send = async <Data, Variables>(
    document: OperationDocument<Data, Variables>,
    variables?: Variables,
    headers: Readonly<Record<string, string>> = {},
    extensions?: Readonly<Record<string, unknown>>,
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
        body: JSON.stringify({ query: textOf(document), variables, extensions }),
      }),
    )
    const body = answerBody.parse(await response.json())
    // The type assertion is not checked: a server that returns data of another type makes the test fail later.
    const data = (body.data ?? null) as Data | null
    const answer: TestAnswer<Data> = {
      status: response.status,
      data,
      errors: body.errors ?? [],
      extensions: body.extensions ?? {},
    }
    return { answer, failures: failures.ofRequest(response.headers.get('x-request-id')) }
  }
  return {
    actor,
    token,
    query: async (document, variables, headers, extensions) =>
      (await send(document, variables, headers, extensions)).answer,
    async must(document, variables, headers) {
      const { answer, failures } = await send(document, variables, headers)
      const { status, data, errors } = answer
      if (data !== null && errors.length === 0) return data
      const problems = errors
        .map((error) => `- ${error.message} ${JSON.stringify({ path: error.path, ...error.extensions })}`)
        .join('\n')
      const reasons = failures.map(({ summary }) => `\n${summary}`).join('')
      throw new Error(
        `The server returned errors (HTTP ${status}):\n${problems}${reasons}\nto: ${textOf(document)}`,
        failures[0] ? { cause: failures[0].error } : {},
      )
    },
  }
}

function textOf(document: { toString(): string }): string {
  if (typeof document === 'string' || document instanceof String) return document.toString()
  throw new Error('This operation is not in generated/graphql. Run: npm run codegen')
}
