import { defineMapping } from '../../../platform/declare/mapping.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import type { StoredLead } from '../stored-lead.ts'

/** Returns the owner and the team of a lead, as far as the caller sees them: an input may name visible records only. */
async function responsible(
  { ownerId, teamId }: Pick<StoredLead, 'ownerId' | 'teamId'>,
  { records, can }: PluginContext,
): Promise<Values> {
  return {
    ownerId: ownerId !== null && can('user:read') ? (await records.get('User', ownerId))?.['id'] : null,
    teamId: teamId !== null && can('team:read') ? (await records.get('Team', teamId))?.id : null,
  }
}

/** What the records get from the lead that becomes them. Plugins add to it with mappings of their own. */
export const leadMappings = [
  defineMapping({
    name: 'leads.account',
    description:
      'An account gets the company name, website, telephone number, industry, address, owner and team of the lead.',
    from: 'Lead',
    to: 'Account',
    async values(lead, context) {
      const { companyName, website, phone, industry, city, region, postalCode, country } = lead
      const address = { city, region, postalCode, country }
      const hasAddress = Object.values(address).some((part) => part !== null)
      return {
        name: companyName,
        website,
        phone,
        industry,
        ...(hasAddress ? { addresses: [{ ...address, label: 'OFFICE' }] } : {}),
        ...(await responsible(lead, context)),
      }
    },
  }),
  defineMapping({
    name: 'leads.contact',
    description:
      'A contact gets the name, job title, e-mail address, telephone number, description and owner of the lead.',
    from: 'Lead',
    to: 'Contact',
    async values(lead, context) {
      const { firstName, lastName, jobTitle, email, phone, description } = lead
      const { ownerId } = await responsible({ ownerId: lead.ownerId, teamId: null }, context)
      return {
        firstName,
        lastName,
        jobTitle,
        description,
        ownerId,
        ...(email === null ? {} : { emails: [{ address: email }] }),
        ...(phone === null ? {} : { phones: [{ number: phone }] }),
      }
    },
  }),
  defineMapping({
    name: 'leads.opportunity',
    description: 'An opportunity gets the source, owner and team of the lead.',
    from: 'Lead',
    to: 'Opportunity',
    values: async (lead, context) => ({ source: lead.source, ...(await responsible(lead, context)) }),
  }),
]
