import { longText, text } from '../../platform/declare/objects/column-input.ts'
import { items, many } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { emailAddress } from '../../platform/formats/email-address.ts'
import { phoneNumber } from '../../platform/formats/phone-number.ts'

const email = defineItem({
  model: 'ContactEmail',
  columns: { address: { input: emailAddress }, label: {}, isPrimary: {} },
})

const phone = defineItem({
  model: 'ContactPhone',
  columns: { number: { input: phoneNumber }, label: {}, isPrimary: {} },
})

/** A person's role in an organisation, for the edges of `Contact.accounts` and the inputs of contacts. */
const accountRole = defineItem({
  model: 'AccountContact',
  name: 'AccountRole',
  columns: { role: {}, startedOn: {}, endedOn: {}, isPrimary: {} },
  relations: { account: {} },
})

/** The same role, for the edges of `Account.contacts`. It is read-only: clients write roles with the contact. */
const contactRole = defineItem({
  model: 'AccountContact',
  name: 'ContactRole',
  columns: { role: {}, startedOn: {}, endedOn: {}, isPrimary: {} },
})

export const contact = defineObject({
  model: 'Contact',
  prefix: 'contact',
  plural: 'contacts',
  search: 'searchText',
  searchedFields: ['firstName', 'lastName', 'jobTitle', 'primaryEmail', 'primaryPhone'],
  naturalKey: ['emails.address'],
  columns: {
    firstName: {},
    lastName: {},
    fullName: {},
    salutation: {},
    jobTitle: {},
    primaryEmail: { input: false },
    primaryPhone: { input: false },
    birthday: {},
    language: { input: text(35) },
    description: { input: longText, order: false },
  },
  relations: { owner: { object: 'User' } },
  fields: {
    emails: items({
      description: 'E-mail addresses. One address is primary.',
      item: email,
      by: 'contact',
      primary: 'isPrimary',
      max: 50,
    }),
    phones: items({
      description: 'Telephone numbers. One number is primary.',
      item: phone,
      by: 'contact',
      primary: 'isPrimary',
      max: 50,
    }),
    accounts: many({
      description: 'Organisations in which the person has or had a role.',
      object: 'Account',
      link: { item: accountRole, by: 'contact', to: 'account', isWritten: true, primary: 'isPrimary' },
    }),
    relationships: many({
      description: 'Relationships of the person with other people and organisations.',
      object: 'RelationshipSide',
      by: 'selfId',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Fields that this module adds to accounts. */
export const accountFields = {
  contacts: many({
    description: 'People who have or had a role in the organisation.',
    object: 'Contact',
    link: { item: contactRole, by: 'account', to: 'contact' },
  }),
  relationships: many({
    description: 'Relationships of the organisation with people and other organisations.',
    object: 'RelationshipSide',
    by: 'selfId',
  }),
}
