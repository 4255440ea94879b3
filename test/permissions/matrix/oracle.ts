import type { Fixture } from './fixture.ts'
import type { Kind, MatrixRecord } from './matrix-record.ts'

/**
 * Who may do what, implemented a second time: from the documented rules of permissions and from the owners of the
 * fixture's records, slow and simple, and without code of `src/platform/permissions`.
 */

const GRANT = /^(?:([A-Za-z]+)(?:\.([A-Za-z0-9]+))?|\*):([a-z]+|\*)(?:@([a-z]+))?$/

interface Grant {
  readonly object: string
  readonly field: string | null
  readonly action: string
  readonly scope: string | null
}

function grantsFor(permissions: readonly string[], object: string, action: string): Grant[] {
  return permissions.flatMap((text) => {
    const [, named = '*', field = null, does = '', scope = null] = GRANT.exec(text) ?? []
    const isMet = (named === object || named === '*') && (does === action || does === '*')
    return isMet ? [{ object: named, field, action: does, scope }] : []
  })
}

/** Whether the permissions allow the action on the field. The tests never grant `*:read`: its exception is left out. */
export function allowsField(permissions: readonly string[], object: string, action: string, field: string): boolean {
  return grantsFor(permissions, object, action).some((grant) => grant.field === null || grant.field === field)
}

const REACHED: Readonly<Record<string, readonly Kind[]>> = {
  own: ['own'],
  team: ['own', 'mates', 'teams'],
  hierarchy: ['own', 'below'],
  shared: [],
}

/** Whether the permissions cover the record for this action. */
export function reaches(
  { registry }: Fixture,
  permissions: readonly string[],
  record: MatrixRecord,
  action: string,
): boolean {
  return grantsFor(permissions, record.shape.permission, action).some(({ scope }) => {
    if (scope === null) return true
    // The fixture shares for reading only.
    if (record.isShared && action === 'read') return true
    const object = registry.objects.get(record.shape.object)
    // What is visible with another record, which in the fixture is of the same kind, has the owner of that one.
    const owned = object?.visibleWith ? registry.objects.get(object.visibleWith.object) : object
    const { owner, creator } = owned?.ownership ?? { owner: null, creator: null }
    const isNobodys = !owner && !creator
    // A record that is its own owner is a user, and the users that the fixture creates as records are other people.
    if (isNobodys || owner?.key.name === 'id') return false
    return (REACHED[scope] ?? []).includes(record.kind)
  })
}

/** All texts by which a record can be recognised in a response: its id, its uuid and its values. */
export function tracesOf({ id, uuid, canaries }: MatrixRecord): string[] {
  return [id, uuid, ...canaries.values()]
}
