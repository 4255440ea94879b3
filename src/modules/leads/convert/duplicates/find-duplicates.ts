import type { PluginContext } from '../../../../platform/declare/plugin-context.ts'
import { type DuplicateCandidate, duplicate, type UserError } from '../../../../platform/declare/rules/user-errors.ts'
import type { StoredLead } from '../../stored-lead.ts'
import type { ConvertInput } from '../input.ts'
import { alikeAccounts } from './alike-accounts.ts'
import { alikeContacts } from './alike-contacts.ts'
import { type AlikeRecord, DUPLICATE_FROM, togetherScore } from './likeness.ts'

const MAX_CANDIDATES = 10

/**
 * Returns an error for each record that a lead would become and that seems to exist already. Only records that the caller sees,
 * by fields that they may read of all records, are compared.
 */
export async function findDuplicates(
  context: PluginContext,
  lead: StoredLead,
  { account, contact }: ConvertInput,
): Promise<UserError[]> {
  const companyName = account?.create?.name ?? lead.companyName
  const accounts =
    account?.connect || companyName === null ? [] : await alikeAccounts(context, { ...lead, companyName })
  const contacts = contact?.connect ? [] : await alikeContacts(context, lead)
  return [
    ...errorsFor('account', 'Account', accounts, 'An account like this exists already.'),
    ...errorsFor('contact', 'Contact', contacts, 'A contact like this exists already.'),
  ]
}

function errorsFor(field: string, type: string, alike: readonly AlikeRecord[], message: string): UserError[] {
  const candidates = alike
    .map(
      ({ id, facts }): DuplicateCandidate => ({
        score: togetherScore(facts),
        reasons: facts.map(({ reason }) => reason),
        record: { type, id },
      }),
    )
    .filter(({ score }) => score >= DUPLICATE_FROM)
    .sort((one, other) => other.score - one.score || (one.record.id < other.record.id ? -1 : 1))
    .slice(0, MAX_CANDIDATES)
  if (candidates.length === 0) return []
  const advice = `Connect the lead with it (${field}: { connect: { id } }), or send allowDuplicates: true.`
  return [duplicate(['input', field], `${message} ${advice}`, candidates)]
}
