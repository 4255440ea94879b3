import { z } from 'zod'
import { longText } from '../../platform/declare/objects/column-input.ts'
import { items, references } from '../../platform/declare/objects/fields.ts'
import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject, type VariantDeclaration } from '../../platform/declare/objects/object.ts'
import { phoneNumber } from '../../platform/formats/phone-number.ts'

const participant = defineItem({
  model: 'InteractionParticipant',
  columns: { role: {}, handle: {} },
  relations: { contact: {}, user: { object: 'User' } },
})

export const interaction = defineObject({
  model: 'Interaction',
  prefix: 'interaction',
  plural: 'interactions',
  search: 'searchText',
  searchedFields: ['subject', 'body'],
  discriminator: 'kind',
  columns: {
    kind: { input: false, order: false },
    subject: {},
    body: { input: longText, filter: false, order: false },
    direction: {},
    occurredAt: {},
    source: {},
    sourceId: {},
  },
  fields: {
    participants: items({
      description: 'Participants of the interaction.',
      item: participant,
      by: 'interaction',
      max: 500,
    }),
    regarding: references({
      description: 'Records that the interaction is about.',
      to: 'Node',
      model: 'InteractionRegarding',
      by: 'interaction',
      typeColumn: 'recordType',
      idColumn: 'recordId',
      input: 'regardingIds',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

// A duration of at most one year.
const seconds = z.int().min(0, 'Must not be negative.').max(31_536_000)
const url = z.url('A URL looks like https://acme.example/path.').max(2_000)

/** The variants of interactions. A plugin declares further ones in the same way. */
export const interactionKinds: readonly VariantDeclaration[] = [
  {
    name: 'Call',
    of: 'Interaction',
    kind: 'CALL',
    description: 'A telephone or video call.',
    detail: defineItem({
      model: 'CallDetail',
      columns: { durationSeconds: { input: seconds }, outcome: {}, recordingUrl: { input: url } },
    }),
  },
  {
    name: 'Email',
    of: 'Interaction',
    kind: 'EMAIL',
    description: 'An e-mail message.',
    detail: defineItem({ model: 'EmailDetail', columns: { messageId: {}, threadId: {} } }),
  },
  {
    name: 'Meeting',
    of: 'Interaction',
    kind: 'MEETING',
    description: 'A meeting, in a room or online.',
    detail: defineItem({ model: 'MeetingDetail', columns: { endedAt: {}, location: {}, joinUrl: { input: url } } }),
  },
  {
    name: 'Chat',
    of: 'Interaction',
    kind: 'CHAT',
    description: 'A conversation by chat or text message.',
    detail: defineItem({ model: 'ChatDetail', columns: { service: {}, endedAt: {} } }),
  },
  {
    name: 'SocialPost',
    of: 'Interaction',
    kind: 'SOCIAL_POST',
    description: 'A post or a comment on a social network.',
    detail: defineItem({ model: 'SocialPostDetail', columns: { network: {}, url: { input: url } } }),
  },
  {
    name: 'Letter',
    of: 'Interaction',
    kind: 'LETTER',
    description: 'A letter or parcel.',
    detail: defineItem({ model: 'LetterDetail', columns: { trackingNumber: {} } }),
  },
  {
    name: 'Fax',
    of: 'Interaction',
    kind: 'FAX',
    description: 'A fax that was sent or received.',
    detail: defineItem({
      model: 'FaxDetail',
      columns: {
        faxNumber: { input: phoneNumber },
        pageCount: { input: z.int().min(0, 'Must not be negative.').max(10_000) },
      },
    }),
  },
  {
    name: 'Visit',
    of: 'Interaction',
    kind: 'VISIT',
    description: 'A visit of a user to the other party, or of the other party to a user.',
    detail: defineItem({ model: 'VisitDetail', columns: { location: {}, endedAt: {} } }),
  },
  {
    name: 'Note',
    of: 'Interaction',
    kind: 'NOTE',
    description: 'A note of a user. It has only the fields that every interaction has.',
  },
]
