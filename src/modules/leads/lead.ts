import { longText } from '../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { countryCell, countryCode } from '../../platform/formats/country.ts'
import { emailAddress } from '../../platform/formats/email-address.ts'
import { phoneNumber } from '../../platform/formats/phone-number.ts'
import { domainName } from '../accounts/index.ts'
import { scoreReasons } from './scoring/score-reasons.ts'

export const lead = defineObject({
  model: 'Lead',
  prefix: 'lead',
  plural: 'leads',
  search: 'searchText',
  searchedFields: ['firstName', 'lastName', 'companyName', 'email', 'phone'],
  naturalKey: ['email'],
  columns: {
    firstName: {},
    lastName: {},
    fullName: {},
    jobTitle: {},
    companyName: {},
    email: { input: emailAddress },
    phone: { input: phoneNumber },
    website: { input: domainName },
    industry: {},
    city: {},
    region: {},
    postalCode: {},
    country: { input: countryCode, cell: countryCell },
    source: {},
    description: { input: longText, order: false },
    status: { input: false },
    disqualificationReason: { input: false },
    statusComment: { input: false, order: false },
    recycleOn: { input: false },
    score: { input: false },
    scoredAt: { input: false },
    convertedAt: { input: false },
    isConfirmationPending: { input: false },
    emailConfirmedAt: { input: false },
    consentText: { input: longText, onlyOnCreate: true, order: false },
    consentedAt: { onlyOnCreate: true },
  },
  relations: {
    owner: { object: 'User' },
    team: {},
    form: { onlyOnCreate: true },
    account: { input: false },
    contact: { input: false },
    opportunity: { input: false },
  },
  fields: { scoreReasons },
  writes: ['create', 'update', 'delete', 'restore'],
})
