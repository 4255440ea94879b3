import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { encodeId } from '../../../platform/declare/record-id.ts'
import { invalid, type UserError, under } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { mappedInput } from '../../../platform/writes/rules/run-mappings.ts'
import type { StoredLead } from '../stored-lead.ts'
import { emptyFields } from './empty-fields.ts'
import type { ConvertInput } from './input.ts'
import type { Targets } from './targets.ts'

/** uuids of the records that a lead became. */
export interface MadeRecords {
  readonly accountId: string | null
  readonly contactId: string
  readonly opportunityId: string | null
}

type Made = { readonly id: string | null } | { readonly errors: readonly UserError[] }

/** Creates the records that a lead becomes, or fills empty fields of those with which it is connected. */
export async function makeRecords(
  context: PluginContext,
  lead: StoredLead,
  input: ConvertInput,
  targets: Targets,
): Promise<MadeRecords | { readonly errors: readonly UserError[] }> {
  const take = (object: MadeObject, id: string | null, values: Values | null) =>
    makeRecord(context, lead, object, id, values)
  const account = await take('Account', targets.account, accountValues(lead, input))
  if ('errors' in account) return account
  const accountId = account.id
  const inAccount =
    accountId === null ? {} : { accounts: [{ accountId: encodeId('account', accountId), isPrimary: true }] }
  const contact = await take('Contact', targets.contact, { ...inAccount, ...sent(input.contact?.create) })
  if ('errors' in contact) return contact
  const contactId = contact.id
  if (contactId === null) throw new Error('A lead was to be converted without a contact.')
  const create = input.opportunity?.create
  const opportunity = await take(
    'Opportunity',
    targets.opportunity,
    create || targets.opportunity
      ? {
          ...(accountId === null ? {} : { accountId: encodeId('account', accountId) }),
          contacts: [{ contactId: encodeId('contact', contactId), isPrimary: true }],
          ...sent(create),
        }
      : null,
  )
  return 'errors' in opportunity ? opportunity : { accountId, contactId, opportunityId: opportunity.id }
}

type MadeObject = 'Account' | 'Contact' | 'Opportunity'

/** Returns the values that the input has for a new account; null when the lead gets no account. */
function accountValues({ companyName }: StoredLead, { account }: ConvertInput): Values | null {
  return account || companyName !== null ? sent(account?.create) : null
}

/** Returns the fields of an input object that have a value. */
function sent(values: Values | null | undefined): Values {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== undefined))
}

/**
 * @param id uuid of the existing record; null to create one.
 * @param values Input fields that the record gets besides what mappings give; null when the lead becomes no such record.
 */
async function makeRecord(
  context: PluginContext,
  lead: StoredLead,
  object: MadeObject,
  id: string | null,
  values: Values | null,
): Promise<Made> {
  if (values === null && id === null) return { id: null }
  const input = { ...(await mappedInput(workOf(context), 'Lead', object, lead)), ...values }
  const field = object.toLowerCase()
  if (id !== null) {
    const missing = await emptyFields(context, object, id, input)
    if (Object.keys(missing).length === 0) return { id }
    const { userErrors } = await context.records.update(object, id, missing)
    return userErrors.length > 0 ? { errors: under(['input', field], userErrors) } : { id }
  }
  if (object === 'Account' && input['name'] === undefined)
    return {
      errors: [
        invalid(['input', 'account', 'create', 'name'], 'The lead has no company name: send the name of the account.'),
      ],
    }
  const created = await context.records.create(object, input)
  if (created.userErrors.length > 0) return { errors: under(['input', field, 'create'], created.userErrors) }
  return { id: created.id }
}
