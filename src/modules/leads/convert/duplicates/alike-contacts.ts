import { hiddenFromPlanner, sql } from '../../../../platform/data/sql.ts'
import type { PluginContext } from '../../../../platform/declare/plugin-context.ts'
import { type AlikeRecord, comparableName } from './likeness.ts'

interface ContactFacts {
  readonly id: string
  readonly fullName: string
  readonly hasEmail: boolean
  readonly hasPhone: boolean
}

/** What is compared of a lead. */
interface Person {
  readonly fullName: string
  readonly email: string | null
  readonly phone: string | null
}

/** Returns the contacts that have the e-mail address or the telephone number of a lead. The name counts besides. */
export async function alikeContacts(
  { transaction, sees, canRead }: PluginContext,
  { fullName, email, phone }: Person,
): Promise<AlikeRecord[]> {
  const address = email !== null && canRead('Contact', 'emails') ? email : ''
  const number = phone !== null && canRead('Contact', 'phones') ? phone : ''
  if (address === '' && number === '') return []
  const ws = hiddenFromPlanner(transaction.workspaceId)
  // The indexes of addresses and numbers find the contacts; a condition with OR on the contacts would read all of them.
  const found = await transaction.query<ContactFacts & Record<string, unknown>>(sql`
    select c.id, c.full_name as "fullName", bool_or(f.is_email) as "hasEmail", bool_or(not f.is_email) as "hasPhone"
    from (
      (select contact_id, true as is_email from contact_emails where workspace_id = ${ws} and address = ${address}::text limit 50)
      union all
      (select contact_id, false from contact_phones where workspace_id = ${ws} and number = ${number}::text limit 50)) f
    join contacts c on c.workspace_id = ${ws} and c.id = f.contact_id and c.deleted_at is null
    where ${sees('Contact', sql`c`)} group by c.id, c.full_name`)
  const knowsName = canRead('Contact', 'fullName')
  return found.map(({ id, fullName: stored, hasEmail, hasPhone }) => ({
    id,
    facts: [
      ...(hasEmail ? [{ score: 90, reason: `Same e-mail address: ${address}` }] : []),
      ...(hasPhone ? [{ score: 70, reason: `Same telephone number: ${number}` }] : []),
      ...(knowsName && comparableName(stored) === comparableName(fullName)
        ? [{ score: 50, reason: `Same name: ${stored}` }]
        : []),
    ],
  }))
}
