import { z } from 'zod'
import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { FORM_FIELDS } from './form-fields.ts'

const fieldNames = z
  .array(z.string())
  .max(FORM_FIELDS.length, `At most ${FORM_FIELDS.length} fields.`)
  .refine((names) => names.every((name) => FORM_FIELDS.some((field) => field === name)), {
    message: `A form can have the fields ${FORM_FIELDS.join(', ')}.`,
  })

const origin = z
  .string()
  .max(200)
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    'An origin looks like https://www.acme.example.',
  )

const webAddress = z
  .string()
  .max(2_000)
  .refine(
    (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
    'An address looks like https://acme.example/thanks.',
  )

export const leadForm = defineObject({
  model: 'LeadForm',
  prefix: 'leadform',
  plural: 'leadForms',
  naturalKey: ['name'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    description: { input: longText, order: false },
    key: { input: false },
    source: {},
    fields: { input: fieldNames, filter: false, order: false },
    honeypotField: { input: text(100).regex(/^[A-Za-z][\w-]*$/, 'A letter, then letters, digits, _ and -.') },
    consentText: { input: longText, order: false },
    needsConfirmation: {},
    redirectUrl: { input: webAddress, order: false },
    allowedOrigins: { input: z.array(origin).max(20, 'At most 20 origins.'), filter: false, order: false },
    isActive: {},
  },
  fields: {
    leads: many({ description: 'Leads that the form captured.', object: 'Lead', by: 'form' }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
