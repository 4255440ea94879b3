import { valid, validRange } from 'semver'
import { z } from 'zod'
import { nearest } from '../../registry/nearest.ts'
import { parts } from './check-parts.ts'
import { names, PERMISSION, sentence } from './check-shapes.ts'

/** 2 to 30 lower-case letters and digits, the first a letter. */
export const PLUGIN_ID = /^[a-z][a-z0-9]{1,29}$/

/** Ids that no plugin may have beside those of core's own parts: their tables would not be told apart. */
const RESERVED: ReadonlySet<string> = new Set(['core', 'platform', 'rapport', 'pg', 'plugin', 'plugins', 'installed'])

const id = z
  .string()
  .regex(PLUGIN_ID, 'is not 2 to 30 lower-case letters and digits, the first a letter')
  .refine((text) => !RESERVED.has(text), 'is reserved for Rapport itself; choose another')

const version = z.string().refine((text) => valid(text) === text, 'is not a semantic version, such as 1.0.0')
const range = z.string().refine((text) => validRange(text) !== null, 'is not a range of versions, such as ^1.0.0')
const zodObject = z.custom((value) => value instanceof z.ZodObject, 'is not a z.object({ … })')

const plugin = z.strictObject({
  id,
  description: sentence,
  version,
  api: range,
  depends: z.record(id, range).optional(),
  conflicts: z.record(id, range).optional(),
  permissions: z.array(z.string().regex(PERMISSION, 'is not a permission, such as account:read')).optional(),
  reads: names.optional(),
  settings: z
    .strictObject({
      installation: zodObject.optional(),
      workspace: zodObject.optional(),
      secrets: z.record(z.string(), sentence).optional(),
    })
    .optional(),
  personalData: z
    .array(z.strictObject({ model: z.string(), subject: z.string(), columns: names, purpose: sentence }))
    .optional(),
  ...parts,
})

/** Why a plugin can't have that id; null when it can. */
export function checkPluginId(text: string): string | null {
  return id.safeParse(text).error?.issues[0]?.message ?? null
}

/**
 * What is wrong with a plugin's literal as far as it alone tells: a sentence each, with the place. Empty when nothing is.
 * Runs nothing of it.
 */
export function checkPlugin(literal: unknown): string[] {
  const parsed = plugin.safeParse(literal)
  if (!parsed.success) return parsed.error.issues.flatMap(explain)
  const { id: own } = parsed.data
  return [
    ...misnamed(own, 'rules', literal),
    ...misnamed(own, 'accessRules', literal),
    ...misnamed(own, 'handlers', literal),
    ...misnamed(own, 'jobs', literal),
    ...repeated('rules', literal),
    ...repeated('accessRules', literal),
    ...repeated('handlers', literal),
    ...repeated('jobs', literal),
    ...repeated('seeds', literal),
    ...(parsed.data.depends && own in parsed.data.depends ? ['depends: names the plugin itself.'] : []),
  ]
}

function explain(issue: z.core.$ZodIssue): string[] {
  const place = z.core.toDotPath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(plugin, issue.path)
    return issue.keys.map((key) => {
      const meant = nearest(key, known)
      return `${place === '' ? 'The plugin has' : `${place}:`} an unknown key ${key}${meant === null ? '.' : `: did you mean ${meant}?`}`
    })
  }
  const value = issue.input === undefined || typeof issue.input === 'object' ? '' : ` ${JSON.stringify(issue.input)}`
  return [`${place === '' ? 'The plugin' : `${place}:`}${value} ${issue.message}.`]
}

/** Keys that the object at a place of the literal may have; empty where the place alone does not tell. */
function keysAt(shape: unknown, path: readonly PropertyKey[]): string[] {
  if (shape instanceof z.ZodOptional) return keysAt(shape.unwrap(), path)
  const [key, ...rest] = path
  if (shape instanceof z.ZodObject)
    return key === undefined ? Object.keys(shape.shape) : keysAt(shape.shape[String(key)], rest)
  if (shape instanceof z.ZodArray) return keysAt(shape.element, rest)
  return shape instanceof z.ZodRecord ? keysAt(shape.valueType, rest) : []
}

function namedParts(part: string, literal: unknown): string[] {
  const list: unknown = literal !== null && typeof literal === 'object' ? Reflect.get(literal, part) : undefined
  const parsed = z.array(z.looseObject({ name: z.string() })).safeParse(list)
  return parsed.success ? parsed.data.map(({ name }) => name) : []
}

function misnamed(own: string, part: string, literal: unknown): string[] {
  return namedParts(part, literal).flatMap((name, index) =>
    name.startsWith(`${own}.`) && name.length > own.length + 1
      ? []
      : [`${part}[${index}].name: ${JSON.stringify(name)} does not begin with the plugin's id: write ${own}.${name}.`],
  )
}

function repeated(part: string, literal: unknown): string[] {
  const all = namedParts(part, literal)
  return [...new Set(all.filter((name, index) => all.indexOf(name) !== index))].map(
    (name) => `${part}: the name ${name} is used twice.`,
  )
}
