import { readAudit } from '../../changes/read-audit.ts'
import { readChanges } from '../../changes/read-changes.ts'
import { rowOf } from '../../data/row.ts'
import { ident, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { View } from '../../declare/objects/object.ts'
import { CALLERS_OWN, ONLY_VISIBLE, objectGuard } from '../../permissions/guard.ts'
import { READ_AUDIT } from '../../permissions/visible-entries.ts'
import { readNode, readNodes, readRootList, readRootOne } from '../../reads/root.ts'
import { compileSelection } from '../../reads/select.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { objectNamed } from '../../registry/registry.ts'
import { resolveView } from '../../registry/resolve-object.ts'
import { aggregateField } from '../aggregates/aggregate-field.ts'
import { pluralWords, words } from '../descriptions.ts'
import { connectionArgs, listArgs } from '../inputs/list-arguments.ts'
import { claimRootField, claimType } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { defineConnection, defineItemType } from '../outputs/record-fields.ts'
import type { OutputField, TypeStore } from '../types.ts'
import { pluginQueries } from './plugin-queries.ts'

/**
 * Defines the fields of `Query`: `node` and `nodes` of Relay, the log (`changes`), the audit, one record and a list of
 * records for each object, and the views and queries of plugins.
 */
export function defineQueries(store: TypeStore): void {
  const { registry } = store
  defineConnection(store, objectNamed(registry, 'Change'), 'Query', 'changes', null, CORE)
  defineConnection(store, objectNamed(registry, 'AuditEntry'), 'Query', 'auditEntries', null, CORE)
  const fields: OutputField[] = [
    {
      name: 'node',
      description: 'The record with this id; null when it does not exist or the caller may not see it.',
      type: 'Node',
      list: 'no',
      isNullable: true,
      args: { id: { type: 'ID', isRequired: true, description: 'Id of a record of any type.' } },
      guard: ONLY_VISIBLE,
      read: readNode(registry),
    },
    {
      name: 'nodes',
      description:
        'The records with these ids, in this order; null in place of a record that does not exist or that the caller may not see.',
      type: 'Node',
      list: 'of nullable',
      isNullable: false,
      args: {
        ids: { type: 'ID', isList: true, isRequired: true, description: 'Ids of records of any type, at most 200.' },
      },
      guard: ONLY_VISIBLE,
      read: readNodes(registry),
      cost: { weight: 1, perElementOf: 'ids' },
    },
    {
      name: 'changes',
      description:
        'The log: all committed writes that the caller may see, oldest first. The subscription `changes` sends the same writes as they are committed.',
      type: 'ChangeConnection',
      list: 'no',
      isNullable: false,
      args: {
        ...connectionArgs(),
        filter: { type: 'ChangeFilter', description: 'Only changes that meet these conditions.' },
      },
      guard: objectGuard(objectNamed(registry, 'Change'), 'read', 'Reading'),
      read: readChanges,
    },
    {
      name: 'auditEntries',
      description:
        'The audit of the workspace, the latest entry first: every write, refused mutation and sign-in, and reads of objects whose reads are audited.',
      type: 'AuditEntryConnection',
      list: 'no',
      isNullable: false,
      args: listArgs(store, objectNamed(registry, 'AuditEntry'), {
        isRoot: false,
        defaultOrder: [{ field: 'at', direction: 'DESC' }],
      }),
      guard: { kind: 'permission', permission: READ_AUDIT, what: 'Reading the audit' },
      read: readAudit,
    },
    ...registry.plugins.flatMap((plugin) => (plugin.views ?? []).map((view) => viewField(store, plugin.id, view))),
    ...pluginQueries(store),
  ]
  for (const object of registry.objects.values()) {
    if (!object.plural) continue
    defineConnection(store, object, 'Query', object.plural, null, object.pluginId)
    const noun = words(object.name)
    const includeDeleted = object.isSoftDeleted
      ? {
          includeDeleted: {
            type: 'Boolean',
            description: 'Whether the record is returned when it is soft-deleted.',
            defaultValue: false,
          },
        }
      : {}
    fields.push(
      {
        name: object.singular,
        pluginId: object.pluginId,
        description: `The ${noun} with this id; null when it does not exist or the caller may not see it.`,
        type: object.name,
        list: 'no',
        isNullable: true,
        args: { id: { type: 'ID', isRequired: true, description: `Id of the ${noun}.` }, ...includeDeleted },
        guard: objectGuard(object, 'read', 'Reading'),
        read: readRootOne(object),
      },
      {
        name: object.plural,
        pluginId: object.pluginId,
        description: `A page of the ${pluralWords(object)} that the caller may see.`,
        type: `${object.name}Connection`,
        list: 'no',
        isNullable: false,
        args: listArgs(store, object, { isRoot: true }),
        guard: objectGuard(object, 'read', 'Reading'),
        read: readRootList(object),
      },
      aggregateField(store, object),
    )
  }
  for (const field of fields) claimRootField(store.claims, 'Query', field.name, field.pluginId ?? CORE)
  store.builder.queryType({
    description:
      'Reads of records. Records that the caller may not see look as if they did not exist: lists leave them out, and other fields are null.',
    fields: (t) => outputFields(store, t, fields),
  })
}

/** Returns a root field with the caller's own row of a model, such as `viewer`. */
function viewField(store: TypeStore, pluginId: string, view: View): OutputField {
  const type = resolveView(store.registry, pluginId, view)
  claimType(store.claims, type.name, pluginId, view)
  defineItemType(store, type, pluginId, view)
  const read: FieldRead = ({ reading, group }) => {
    const row = rowOf(reading.alias(), type.model)
    const selection = compileSelection(reading, type.name, row, group)
    return {
      sql: sql`(select ${selection.sql} from ${ident(type.model.table)} ${row.alias} where ${row.column('workspaceId')} = ${reading.actor.workspaceId}::uuid and ${row.column('id')} = ${reading.actor.id}::uuid)`,
      shape: selection.shape,
    }
  }
  return {
    name: view.field,
    pluginId,
    description: view.description,
    type: view.name,
    list: 'no',
    isNullable: false,
    guard: CALLERS_OWN,
    read,
  }
}
