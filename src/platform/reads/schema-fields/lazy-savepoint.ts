import { raw } from '../../data/sql.ts'
import type { Transaction } from '../../data/transaction.ts'

/** A transaction with a savepoint before the first statement of the code that uses it. */
export interface LazySavepoint {
  readonly transaction: Transaction
  /** Rolls back to the savepoint, if there is one, so that the transaction can go on after a failed statement. */
  rollBack(): Promise<void>
}

/** Returns a transaction for code whose failed statements must not abort the transaction, such as that of a mutation. */
export function lazySavepoint(transaction: Transaction): LazySavepoint {
  let begun: Promise<unknown> | null = null
  const begin = () => {
    begun ??= transaction.query(raw('savepoint plugin_fields'))
    return begun
  }
  return {
    transaction: {
      ...transaction,
      async query(statement) {
        await begin()
        return transaction.query(statement)
      },
      async queryForPrisma(statement) {
        await begin()
        return transaction.queryForPrisma(statement)
      },
    },
    async rollBack() {
      if (!begun) return
      await begun
      begun = null
      await transaction.query(raw('rollback to savepoint plugin_fields'))
    },
  }
}
