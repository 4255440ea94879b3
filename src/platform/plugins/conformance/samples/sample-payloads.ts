import { z } from 'zod'

/** Returns the value for a text with this name, such as a uuid for `contactId`; undefined for any other text. */
export type TextFor = (name: string) => string | undefined

/** The part of JSON Schema that zod writes for what a JSON value can be. */
const node = z.looseObject({
  type: z.string().optional(),
  format: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  minItems: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
})

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  date: '2026-01-31',
  time: '12:00:00',
  'date-time': '2026-01-31T12:00:00.000Z',
  duration: 'P1D',
  email: 'sample@sample.example',
  uri: 'https://sample.example',
}

/** Values to try where the schema does not say what a value can be, as before a transformation. */
const UNKNOWN_VALUES: readonly unknown[] = ['sample', FORMATS['date-time'], 1, true, {}]

/**
 * Returns payloads that a schema accepts: with its required properties only, and with all of them. Empty when no sample
 * is accepted, such as for a text with a pattern.
 */
export function samplePayloads(schema: z.ZodObject, textFor: TextFor): Readonly<Record<string, unknown>>[] {
  const description = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline', cycles: 'ref' })
  const payloads = new Map<string, Readonly<Record<string, unknown>>>()
  for (const isComplete of [false, true])
    for (const unknownValue of UNKNOWN_VALUES) {
      const payload = sampleValue(description, '', { textFor, isComplete, unknownValue })
      if (!isPlainObject(payload) || !schema.safeParse(payload).success) continue
      payloads.set(JSON.stringify(payload), payload)
      break
    }
  return [...payloads.values()]
}

interface Choices {
  readonly textFor: TextFor
  /** Whether optional properties have values. */
  readonly isComplete: boolean
  readonly unknownValue: unknown
}

function sampleValue(description: unknown, name: string, choices: Choices): unknown {
  const parsed = node.safeParse(description).data ?? {}
  if ('const' in parsed) return parsed.const
  if (parsed.enum) return parsed.enum[0]
  const alternatives = parsed.anyOf ?? parsed.oneOf
  if (alternatives) return sampleValue(alternatives[0], name, choices)
  if (parsed.allOf) return Object.assign({}, ...parsed.allOf.map((part) => sampleValue(part, name, choices)))
  switch (parsed.type) {
    case 'object':
      return objectOf(parsed, choices)
    case 'array':
      return Array.from({ length: Math.max(parsed.minItems ?? 0, 1) }, () => sampleValue(parsed.items, name, choices))
    case 'string':
      return textOf(parsed, name, choices)
    case 'integer':
    case 'number':
      return numberOf(parsed)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return choices.textFor(name) ?? choices.unknownValue
  }
}

function objectOf({ properties = {}, required = [] }: z.infer<typeof node>, choices: Choices): unknown {
  const names = Object.keys(properties).filter((name) => choices.isComplete || required.includes(name))
  return Object.fromEntries(names.map((name) => [name, sampleValue(properties[name], name, choices)]))
}

function textOf(
  { format, minLength = 0, maxLength }: z.infer<typeof node>,
  name: string,
  { textFor }: Choices,
): string {
  const text = textFor(name) ?? (format === undefined ? undefined : FORMATS[format])
  return text ?? 'sample'.padEnd(minLength, ' sample').slice(0, maxLength)
}

function numberOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: z.infer<typeof node>): number {
  const lowest = minimum ?? (exclusiveMinimum === undefined ? 1 : exclusiveMinimum + 1)
  const highest = maximum ?? (exclusiveMaximum === undefined ? lowest : exclusiveMaximum - 1)
  return Math.min(Math.max(lowest, Math.min(1, highest)), highest)
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
