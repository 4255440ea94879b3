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
import { connectionArgs, listArgs } from '../inputs/list-arguments.ts'
import { claimRootField, claimType } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { defineConnection, defineItemType } from '../outputs/record-fields.ts'
import type { OutputField, TypeStore } from '../types.ts'
import { pluginQueries } from './plugin-queries.ts'

/** Root query fields: relay's entry points, the log, one and list of each object, and the plugins' views. */
export function defineQueries(store: TypeStore): void {
  const { registry } = store
  defineConnection(store, objectNamed(registry, 'Change'), 'Query', 'changes', null, CORE)
  defineConnection(store, objectNamed(registry, 'AuditEntry'), 'Query', 'auditEntries', null, CORE)
  const fields: OutputField[] = [
    {
      name: 'node',
      description: 'The record with that id; null when it is not there or not yours to see.',
      type: 'Node',
      list: 'no',
      isNullable: true,
      args: { id: { type: 'ID', isRequired: true, description: 'Id of any record.' } },
      guard: ONLY_VISIBLE,
      read: readNode(registry),
    },
    {
      name: 'nodes',
      description: 'The records with those ids, in that order; null for what is not there or not yours to see.',
      type: 'Node',
      list: 'of nullable',
      isNullable: false,
      args: { ids: { type: 'ID', isList: true, isRequired: true, description: 'Ids of any records, 200 at most.' } },
      guard: ONLY_VISIBLE,
      read: readNodes(registry),
      cost: { weight: 1, perElementOf: 'ids' },
    },
    {
      name: 'changes',
      description: 'The log of committed writes, in order: the same that the subscription `changes` streams.',
      type: 'ChangeConnection',
      list: 'no',
      isNullable: false,
      args: { ...connectionArgs(), filter: { type: 'ChangeFilter', description: 'Only these changes.' } },
      guard: objectGuard(objectNamed(registry, 'Change'), 'read', 'Reading'),
      read: readChanges,
    },
    {
      name: 'auditEntries',
      description:
        'The audit of the workspace, the latest first: every write, refused mutation and sign-in, and reads of what is marked for it.',
      type: 'AuditEntryConnection',
      list: 'no',
      isNullable: false,
      args: listArgs(store, objectNamed(registry, 'AuditEntry'), false),
      guard: { kind: 'permission', permission: READ_AUDIT, what: 'Reading the audit' },
      read: readAudit,
    },
    ...registry.plugins.flatMap((plugin) => (plugin.views ?? []).map((view) => viewField(store, plugin.id, view))),
    ...pluginQueries(store),
  ]
  for (const object of registry.objects.values()) {
    if (!object.plural) continue
    defineConnection(store, object, 'Query', object.plural, null, object.pluginId)
    const putAway = object.isSoftDeleted
      ? {
          includeDeleted: {
            type: 'Boolean',
            description: 'Whether one that was put away is answered too.',
            defaultValue: false,
          },
        }
      : {}
    fields.push(
      {
        name: object.singular,
        pluginId: object.pluginId,
        description: `The ${object.name} with that id; null when it is not there or not yours to see.`,
        type: object.name,
        list: 'no',
        isNullable: true,
        args: { id: { type: 'ID', isRequired: true, description: `Id of the ${object.name}.` }, ...putAway },
        guard: objectGuard(object, 'read', 'Reading'),
        read: readRootOne(object),
      },
      {
        name: object.plural,
        pluginId: object.pluginId,
        description: `A page of the list of every ${object.name} that the caller may see.`,
        type: `${object.name}Connection`,
        list: 'no',
        isNullable: false,
        args: listArgs(store, object, true),
        guard: objectGuard(object, 'read', 'Reading'),
        read: readRootList(object),
      },
    )
  }
  for (const field of fields) claimRootField(store.claims, 'Query', field.name, field.pluginId ?? CORE)
  store.builder.queryType({
    description: 'Everything that can be read.',
    fields: (t) => outputFields(store, t, fields),
  })
}

/** A root field over the caller's own row. */
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
