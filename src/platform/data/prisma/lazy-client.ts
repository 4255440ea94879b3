import { FUNCTIONS } from './functions.ts'
import { PassedError } from './joined-connection.ts'
import type { JoinedClient } from './transaction-client.ts'

/** A call of a function of a model, such as `prisma.account.findMany({ take: 3 })`. */
export interface ClientCall {
  /** Name of the model, in camelCase. */
  readonly model: string
  /** Name of the function. */
  readonly name: string
  readonly args: unknown
}

/**
 * Returns a client whose first call joins the transaction, so that it costs nothing while it is not used. As with
 * Prisma's own client, a call is sent when it is awaited.
 * @param models Names of the models, in camelCase.
 * @param fieldsOf Returns references to the columns of a model.
 * @param join Joins the transaction.
 * @param run Runs each call: `send` sends it.
 */
export function lazyClient<Client extends object>(
  models: Pick<ReadonlySet<string>, 'has'>,
  fieldsOf: (model: string) => unknown,
  join: () => Promise<JoinedClient>,
  run: <Result>(call: ClientCall, send: () => Promise<Result>) => Promise<Result>,
): Client {
  let joined: Promise<JoinedClient> | null = null
  const call = (model: string, name: string, args: unknown) =>
    run({ model, name, args }, async () => {
      joined ??= join()
      const joinedModel = (await joined)[model]
      const joinedFunction = joinedModel?.[name]
      if (!joinedModel || !joinedFunction) throw new Error(`Prisma Client has no function ${model}.${name}.`)
      try {
        return await joinedFunction.call(joinedModel, args)
      } catch (error) {
        throw error instanceof PassedError ? error.cause : error
      }
    })
  const modelFunctions = new Map<string, object>()
  const modelNamed = (model: string): object => {
    const known = modelFunctions.get(model)
    if (known) return known
    const created = proxyOf((name) => {
      if (name === 'fields') return fieldsOf(model)
      return FUNCTIONS.has(name) ? (args: unknown) => startedWhenAwaited(() => call(model, name, args)) : undefined
    })
    modelFunctions.set(model, created)
    return created
  }
  return proxyOf<Client>((name) => (models.has(name) ? modelNamed(name) : undefined))
}

/** Returns an object without own properties, whose properties `get` returns. */
function proxyOf<Target extends object>(get: (name: string) => unknown): Target {
  return new Proxy<Target>(Object.create(null), {
    get: (_, name) => (typeof name === 'string' ? get(name) : undefined),
  })
}

/** Returns a promise that is started by the first `then`, `catch` or `finally`. */
function startedWhenAwaited(start: () => Promise<unknown>): PromiseLike<unknown> {
  let started: Promise<unknown> | null = null
  const promise = () => {
    started ??= start()
    return started
  }
  const lazy: Promise<unknown> = {
    // biome-ignore lint/suspicious/noThenProperty: it is a promise.
    then: (fulfilled, rejected) => promise().then(fulfilled, rejected),
    catch: (rejected) => promise().catch(rejected),
    finally: (settled) => promise().finally(settled),
    [Symbol.toStringTag]: 'PrismaPromise',
  }
  return lazy
}
