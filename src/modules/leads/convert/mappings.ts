import { defineMapping } from '../../../platform/declare/mapping.ts'

/** What the records get from the lead that becomes them. Plugins add to it with mappings of their own. */
export const leadMappings = [
  defineMapping({
    name: 'leads.account',
    description:
      'An account gets the company name, website, telephone number, industry, address and owner of the lead.',
    from: 'Lead',
    to: 'Account',
    values: ({ companyName, website, phone, industry, ownerId, teamId, city, region, postalCode, country }) => ({
      name: companyName,
      website,
      phone,
      industry,
      ownerId,
      teamId,
      ...([city, region, postalCode, country].some((part) => part !== null)
        ? { addresses: [{ city, region, postalCode, country }] }
        : {}),
    }),
  }),
  defineMapping({
    name: 'leads.contact',
    description:
      'A contact gets the name, job title, e-mail address, telephone number, description and owner of the lead.',
    from: 'Lead',
    to: 'Contact',
    values: ({ firstName, lastName, jobTitle, email, phone, description, ownerId }) => ({
      firstName,
      lastName,
      jobTitle,
      description,
      ownerId,
      ...(email === null ? {} : { emails: [{ address: email }] }),
      ...(phone === null ? {} : { phones: [{ number: phone }] }),
    }),
  }),
  defineMapping({
    name: 'leads.opportunity',
    description: 'An opportunity gets the source, team and owner of the lead.',
    from: 'Lead',
    to: 'Opportunity',
    values: ({ source, ownerId, teamId }) => ({ source, ownerId, teamId }),
  }),
]
