import { uuidv7 } from 'uuidv7'
import type { Plugin } from '../../declare/plugin.ts'
import type { PendingWrite } from '../../declare/rules/rule.ts'
import type { Values } from '../../declare/rules/values.ts'
import { isUuid } from '../../formats/uuid.ts'
import { checkedPatch } from '../rules/rule-patch.ts'
import { type DraftSource, ruleDrafts, type UnruledDraft } from './draft.ts'
import type { ObjectWriter } from './writer.ts'

/**
 * Returns the source of drafts whose inputs are column values that a plugin's code sets on an object of its own. The
 * caller needs no permission: what a plugin stores in its own tables is decided by its code, as for its SQL.
 * @param partName Name of the plugin's part, which rules get as the operation of the write.
 */
export function columnDrafts(plugin: Plugin, partName: string): DraftSource {
  return {
    checksAccess: false,
    async draft(work, writer, rows) {
      const drafts = rows.map((row): UnruledDraft => {
        const { id, ...columns } = row.input
        const write: PendingWrite = {
          kind: 'create',
          operation: partName,
          id: checkedId(id) ?? uuidv7(),
          before: null,
          values: checkedPatch(work.context.runtime.registry, writer, plugin, partName, columns, 'insert'),
          items: new Map(),
        }
        requireColumns(writer, write.values)
        return { draft: { row, write, detail: null, existingId: null, errors: [], limitedFields: [] }, path: row.path }
      })
      return ruleDrafts(work, writer, drafts)
    },
  }
}

function checkedId(id: unknown): string | null {
  if (id === undefined) return null
  if (typeof id !== 'string' || !isUuid(id.toLowerCase()))
    throw new Error(`The id of a new record is a uuid, not ${JSON.stringify(id)}. Leave it out, and it gets one.`)
  return id.toLowerCase()
}

/** Columns that each create sets. */
const SET_BY_PLATFORM: ReadonlySet<string> = new Set(['workspaceId', 'id', 'createdById', 'updatedById'])

function requireColumns({ object: { name, model } }: ObjectWriter, values: Values): void {
  for (const column of model.columns.values()) {
    const isMissing =
      column.isRequired && !column.hasDefault && !column.isGenerated && values[column.name] === undefined
    if (isMissing && !SET_BY_PLATFORM.has(column.name))
      throw new Error(`A new ${name} needs a value for ${column.name}, which is required and has no default.`)
  }
}
