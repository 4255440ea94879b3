import type { InputValues } from '../../../platform/declare/rules/input-values.ts'

const connect = {
  type: {
    name: 'ConnectRecordInput',
    description: 'An existing record.',
    fields: { id: { type: 'ID', isRequired: true, description: 'Id of the record.' } },
  },
  description: 'Takes this record. Only its empty fields get values of the lead.',
} as const

/** Input of `convertLead`. */
export const convertInput = {
  id: { type: 'ID', isRequired: true, description: 'The lead.' },
  version: { type: 'Int', isRequired: true, description: 'Version of the lead that the caller has read.' },
  account: {
    description: 'The organisation. Default: a new account where the lead has a company name, and otherwise none.',
    type: {
      name: 'ConvertLeadAccountInput',
      description: 'The account that a lead becomes: a new one or an existing one.',
      isOneOf: true,
      fields: {
        create: {
          description: 'Creates an account with the values of the lead.',
          type: {
            name: 'ConvertLeadNewAccountInput',
            description: 'Values of a new account that differ from those of the lead.',
            fields: {
              name: { type: 'String', description: 'Name of the organisation. Default: the company name of the lead.' },
            },
          },
        },
        connect,
      },
    },
  },
  contact: {
    description: 'The person. Default: a new contact.',
    type: {
      name: 'ConvertLeadContactInput',
      description: 'The contact that a lead becomes: a new one or an existing one.',
      isOneOf: true,
      fields: {
        create: {
          description: 'Creates a contact with the values of the lead.',
          type: {
            name: 'ConvertLeadNewContactInput',
            description: 'Values of a new contact that differ from those of the lead.',
            fields: {
              firstName: { type: 'String', description: 'Given name. Default: that of the lead.' },
              lastName: { type: 'String', description: 'Family name. Default: that of the lead.' },
            },
          },
        },
        connect,
      },
    },
  },
  opportunity: {
    description: 'The deal. Default: none.',
    type: {
      name: 'ConvertLeadOpportunityInput',
      description: 'The opportunity that a lead becomes: a new one or an existing one.',
      isOneOf: true,
      fields: {
        create: {
          type: 'CreateOpportunityInput',
          description:
            'Creates an opportunity. Its account, contacts, owner and source are those of the lead where they are left out.',
        },
        connect,
      },
    },
  },
  allowDuplicates: {
    type: 'Boolean',
    defaultValue: false,
    description: 'Whether to create an account or contact although one that seems to be the same exists.',
  },
} as const

export type ConvertInput = InputValues<typeof convertInput>
