import { sql } from '../../../platform/data/sql.ts'
import { mustSucceed } from '../../../platform/declare/must-succeed.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'

export const makeQuotePrimary = defineAct({
  name: 'makeQuotePrimary',
  description:
    'Makes a quote the primary one of its opportunity: the lines and the amount of the opportunity follow it. The former primary quote is not primary any more.',
  object: 'Quote',
  async apply({ id, opportunityId, isPrimary }, { records, transaction, unrestricted }) {
    if (isPrimary) return {}
    // A lock, so that one of two quotes that are made primary at the same time comes after the other.
    await transaction.query(sql`select from opportunities
      where workspace_id = ${transaction.workspaceId}::uuid and id = ${opportunityId}::uuid for no key update`)
    const former = await unrestricted.prisma.quote.findMany({
      where: { opportunityId, isPrimary: true, deletedAt: null, NOT: { id } },
      select: { id: true },
    })
    // First, because a unique index allows one primary quote only.
    for (const quote of former) mustSucceed(await records.patch('Quote', quote.id, { isPrimary: false }))
    return { patch: { isPrimary: true } }
  },
})
