import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { hashSecret, makeSecret } from '../../../platform/identity/secrets.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { lockLead } from '../stored-lead.ts'

/** Days for which the address of a confirmation is valid. */
const VALID_DAYS = 7

/** Path of the page on which a person confirms an e-mail address; the token follows. */
export const CONFIRM_PATH = '/forms/confirm/'

export const issueLeadConfirmation = defineOperation({
  name: 'issueLeadConfirmation',
  description: `Returns the address at which the person of a pending lead confirms the e-mail address, to be sent to that address. It is valid for ${VALID_DAYS} days and once; an earlier address of the lead is not valid any more.`,
  permission: 'lead:update',
  isAtomic: true,
  input: { id: { type: 'ID', isRequired: true, description: 'The lead.' } },
  payload: {
    url: {
      type: 'String',
      isNullable: true,
      isSecret: true,
      description: 'The address, relative to that of the API: `/forms/confirm/…`.',
    },
    expiresAt: { type: 'DateTime', isNullable: true, description: 'When the address expires.' },
  },
  async run({ id }, context) {
    const { lead, missing } = await lockLead(context, id)
    if (!lead) return { values: {}, userErrors: missing }
    if (!lead.isConfirmationPending) {
      const why = 'The lead waits for no confirmation.'
      return { values: {}, userErrors: [ruleViolation('leads.pendingWaits', ['input', 'id'], why)] }
    }
    const token = makeSecret('rpc_')
    const expiresAt = new Date(context.now.getTime() + VALID_DAYS * 86_400_000)
    await context.transaction.query(sql`
      insert into lead_confirmations (workspace_id, lead_id, token_hash, expires_at)
      values (${hiddenFromPlanner(context.transaction.workspaceId)}, ${lead.id}::uuid, ${hashSecret(token)}, ${expiresAt}::timestamptz)
      on conflict (workspace_id, lead_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`)
    // A confirmation is no record and has no entry in the log: without this, the transaction would be rolled back as empty.
    workOf(context).hasPluginStatements = true
    return { values: { url: `${CONFIRM_PATH}${token}`, expiresAt }, userErrors: [] }
  },
})
