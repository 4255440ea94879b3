import { markPassThrough } from '../../declare/pass-through-error.ts'
import type { Permission } from '../../declare/permission.ts'
import type { RecordValues } from '../../declare/record-types.ts'
import type { FindOptions, ManyOptions, Records, RecordWrite, UpsertOptions } from '../../declare/records.ts'
import type { Values } from '../../declare/rules/values.ts'
import { codedError } from '../../errors.ts'
import { attributeToPlugin } from '../../log/attribute-to-plugin.ts'
import { detectMissingGrant, lacksPermission, pluginLacksPermission } from '../../permissions/detect-missing-grant.ts'
import { forbidden } from '../../permissions/forbidden.ts'
import { can, canOnEveryField, permissionSet } from '../../permissions/grants.ts'
import { actionOf, actNamed } from '../../registry/acts.ts'
import { ownerIn } from '../../registry/declaring-plugins.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Actor } from '../../request/actor.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { noteMissingGrant } from '../../sandbox/missing-grant.ts'
import type { RunCall } from '../../sandbox/running.ts'
import { markFailed, nestedWork, type Part, queueWrite, type WorkLevel } from '../../sandbox/work-level.ts'
import { actOnRecord } from '../../writes/act-on-record.ts'
import { createRecords as createRows } from '../../writes/create.ts'
import { columnDrafts } from '../../writes/input/column-drafts.ts'
import { writerOf } from '../../writes/input/writer.ts'
import { lock } from '../../writes/rows/lock.ts'
import { attemptWrite } from '../../writes/savepoint.ts'
import { setDeleted } from '../../writes/set-deleted.ts'
import { updateRecord } from '../../writes/update.ts'
import type { WriteResult } from '../../writes/write-update.ts'
import { findRecords } from './record-find.ts'
import { actInput, createInput, updateInput, uuidOfRecord } from './record-input.ts'
import { createEach, readUpsert, upsertRecords } from './record-upsert.ts'

const MAX_INPUTS = 1_000

function limitCount(inputs: readonly RecordValues[]): readonly RecordValues[] {
  if (inputs.length > MAX_INPUTS) throw new Error(`At most ${MAX_INPUTS} records at once, not ${inputs.length}.`)
  return inputs
}

/** Returns a function from the index of an input to its path, with which the paths of its user errors begin. */
function inputPaths({ path = ['input'] }: ManyOptions = {}): (index: number) => readonly string[] {
  return (index) => [...path, String(index)]
}

/**
 * Creates the `records` of a plugin's context: the functions with which a plugin's code reads and writes records.
 * @param level Unit of work that the plugin's code runs in, with the queue of its writes.
 * @param actor Actor whose permissions apply to the calls. For a plugin these are the permissions that both the caller
 * and the plugin have.
 * @param runCall Runs each call of the plugin's code, with the checks that apply to all calls.
 */
export function createRecords(level: WorkLevel, part: Part, actor: Actor, runCall: RunCall): Records {
  const { registry, schema } = level.root.work.context.runtime
  const { plugin } = part

  const run: RunCall = (call) =>
    runCall(call).catch((error: unknown) => {
      detectMissingGrant(registry, part, error)
      throw error
    })

  const permitted = (name: string, action: string): ObjectType => {
    const object = objectNamed(registry, name)
    const permission: Permission = `${object.singular}:${action}`
    if (can(actor, permission)) return object
    if (plugin.isCore) throw forbidden(permission)
    if (lacksPermission(registry, plugin, permission)) throw pluginLacksPermission(plugin, permission)
    throw markPassThrough(
      codedError(
        'FORBIDDEN',
        `The plugin ${plugin.id} does this with your permissions, and you do not have ${permission}. Ask an administrator of the workspace.`,
        { plugin: plugin.id, permission },
      ),
    )
  }

  const requireOwn = ({ name, pluginId }: ObjectType, instead: string): void => {
    if (ownerIn(registry, pluginId) !== ownerIn(registry, plugin.id))
      throw new Error(`${name} is an object of ${pluginId}: ${instead}`)
  }

  /**
   * Checks that the plugin's manifest has the permission for whole records, and not only for some fields: what is written
   * is decided by code, not by the fields of an input.
   */
  const requireWhole = ({ singular }: ObjectType, action: string): void => {
    const grantee = { permissions: permissionSet(plugin.permissions ?? []) }
    if (plugin.isCore || canOnEveryField(grantee, singular, action)) return
    const permission: Permission = `${singular}:${action}`
    const error = pluginLacksPermission(plugin, permission)
    noteMissingGrant(error, { plugin: plugin.id, part: part.name, permission })
    throw error
  }

  /** Returns an object of the plugin itself, when the plugin's manifest has the permission. The caller needs none. */
  const ownObject = (name: string, action: string): ObjectType => {
    const object = objectNamed(registry, name)
    requireOwn(object, 'call `create`, with the fields that clients set.')
    requireWhole(object, action)
    return object
  }

  /**
   * Runs a write in two steps. First `prepare` checks the permission and parses the input. Then the function that
   * `prepare` returns writes, after the earlier writes in the queue.
   */
  const writeAll = <Result>(prepare: (root: UnitOfWork) => (work: UnitOfWork) => Promise<Result>): Promise<Result> =>
    run(async () => {
      const writeInputs = prepare(level.root.work)
      return queueWrite(level, part, async () => {
        try {
          const work = nestedWork(level, actor, part)
          return await attributeToPlugin(plugin, work.log, () => writeInputs(work))
        } catch (error) {
          // The transaction must not commit, even if the plugin catches the error: some writes may have been done
          // before the error, and a rule of another plugin may have thrown the error.
          markFailed(level, error)
          throw error
        }
      })
    })

  const write = async (
    prepare: (root: UnitOfWork) => (work: UnitOfWork) => Promise<WriteResult>,
  ): Promise<RecordWrite> => {
    const { id, errors } = await writeAll(prepare)
    return { id, userErrors: errors }
  }

  const create = (name: string, kind: string | null, values: RecordValues) =>
    write((root) => {
      const object = permitted(name, 'create')
      const input = createInput(root, object, kind, values)
      return async (work) => {
        const [row] = await createRows(work, object, [{ input, path: ['input'] }], 'REJECT_FAILED')
        return row ?? { id: null, errors: [] }
      }
    })

  const insert = (
    name: string,
    rows: readonly Values[],
    pathOf: (index: number) => readonly string[],
  ): Promise<RecordWrite[]> =>
    writeAll(() => {
      const object = ownObject(name, 'create')
      if (object.discriminator) throw new Error(`${name} is abstract: write \`log('${name}', kind, input)\`.`)
      const inputs = limitCount(rows).map((input, index) => ({ input, path: pathOf(index) }))
      return (work) => createEach(work, object, inputs, columnDrafts(plugin, part.name))
    })

  const upsert = (
    name: string,
    inputs: readonly RecordValues[],
    options: UpsertOptions<string>,
    pathOf: (index: number) => readonly string[],
  ) =>
    writeAll((root) => {
      const object = permitted(name, 'create')
      permitted(name, 'update')
      if (options.isNewer || options.amend) permitted(name, 'read')
      const read = readUpsert(root, object, limitCount(inputs), options, pathOf)
      return (work) => upsertRecords(work, read)
    })

  const find = async <Name extends string>(object: ObjectType, options: FindOptions<Name>) =>
    findRecords(level.root.work, { registry, schema, actor, object }, options)

  return {
    find: (object, options = {}) => run(async () => find(permitted(object, 'read'), options)),
    get: (name, id) =>
      run(async () => {
        const object = permitted(name, 'read')
        const [record] = await find<typeof name>(object, { ids: [id], first: 1 })
        return record ?? null
      }),
    create: (object, input) => create(object, null, input),
    createMany: (name, inputs, options) =>
      writeAll((root) => {
        const object = permitted(name, 'create')
        const pathOf = inputPaths(options)
        const rows = limitCount(inputs).map((input, index) => ({
          input: createInput(root, object, null, input),
          path: pathOf(index),
        }))
        return (work) => createEach(work, object, rows)
      }),
    upsert: async (name, input, options = {}) => {
      const [upserted] = await upsert(name, [input], options, () => options.path ?? ['input'])
      if (!upserted) throw new Error('The upsert of one input returned no outcome.')
      return upserted
    },
    upsertMany: (name, inputs, options = {}) => upsert(name, inputs, options, inputPaths(options)),
    log: (object, kind, input) => create(object, kind, input),
    update: (name, id, values) =>
      write((root) => {
        const object = permitted(name, 'update')
        const input = updateInput(root, object, values)
        const uuid = uuidOfRecord(object, id)
        return (work) => attemptWrite(work, () => updateRecord(work, object, uuid, input))
      }),
    patch: (name, id, patch, version) =>
      write(() => {
        const object = permitted(name, 'update')
        requireWhole(object, 'update')
        requireOwn(object, 'call `update`, which sets the fields that clients may set.')
        const uuid = uuidOfRecord(object, id)
        const act = { name: part.name, description: '', object: name, apply: () => ({ patch }) }
        return (work) => attemptWrite(work, () => actOnRecord(work, object, uuid, { version }, { plugin, act }))
      }),
    insert: async (name, columns) => {
      const [inserted] = await insert(name, [columns], () => ['input'])
      if (!inserted) throw new Error('The insert of one record returned no outcome.')
      return inserted
    },
    insertMany: (name, rows, options) => insert(name, rows, inputPaths(options)),
    act: (name, id, values = {}) =>
      write((root) => {
        const owned = actNamed(registry, name)
        if (!owned) throw new Error(`There is no act ${name}.`)
        const object = permitted(owned.act.object, actionOf(owned.act))
        requireWhole(object, actionOf(owned.act))
        const uuid = uuidOfRecord(object, id)
        const input = actInput(root, object, name, values)
        return (work) => attemptWrite(work, () => actOnRecord(work, object, uuid, input, owned))
      }),
    lock: (name, id, action = 'update') =>
      writeAll(() => {
        const object = permitted(name, action)
        const uuid = uuidOfRecord(object, id)
        return async (work) => {
          const locked = uuid && (await lock(work, writerOf(registry, object), uuid, {}, action))
          return locked && locked.row['deletedAt'] == null ? uuid : null
        }
      }),
    delete: (name, id) =>
      write(() => {
        const object = permitted(name, 'delete')
        if (!object.writes.has('delete')) throw new Error(`Records of ${object.name} can't be deleted.`)
        const uuid = uuidOfRecord(object, id)
        return (work) => attemptWrite(work, () => setDeleted(work, object, uuid, undefined, true))
      }),
  }
}
