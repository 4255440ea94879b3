import { type Transaction, transact } from '../../data/transaction.ts'
import type { RequestContext } from '../../request/context.ts'

/** A read-only transaction that begins with its first statement. */
export interface LazyTransaction {
  readonly transaction: Transaction
  /** Ends the transaction, if it has begun. No statement may be sent afterwards. */
  end(): Promise<void>
}

/** Returns a read-only transaction in the caller's workspace, for code that reads only sometimes. */
export function lazyTransaction({ runtime, actor }: RequestContext): LazyTransaction {
  const endCallbacks: (() => void)[] = []
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let begun: { readonly joined: Promise<Transaction>; readonly ended: Promise<void> } | null = null
  let isOver = false

  const requireOpen = () => {
    if (isOver) throw new Error('The transaction has ended. Await every statement before its function returns.')
  }
  const begin = () => {
    requireOpen()
    if (begun) return begun.joined
    let join = (_: Transaction) => {}
    let fail = (_: unknown) => {}
    const joined = new Promise<Transaction>((resolve, reject) => {
      join = resolve
      fail = reject
    })
    const run = async (transaction: Transaction) => {
      for (const callback of endCallbacks.splice(0)) transaction.onEnd(callback)
      join(transaction)
      await finished
    }
    const ended = transact(runtime.database, actor.workspaceId, run, runtime.onStatement, 'read only')
    ended.catch(fail)
    begun = { joined, ended }
    return joined
  }
  return {
    transaction: {
      workspaceId: actor.workspaceId,
      query: async (statement) => (await begin()).query(statement),
      queryForPrisma: async (statement) => (await begin()).queryForPrisma(statement),
      requireOpen,
      onEnd: (callback) => void endCallbacks.push(callback),
    },
    async end() {
      isOver = true
      finish()
      for (const callback of endCallbacks.splice(0)) callback()
      // A statement that has failed has thrown its error where it was sent.
      await begun?.ended.catch(() => undefined)
    },
  }
}
