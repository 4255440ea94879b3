import { getNamedType, isInterfaceType } from 'graphql'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { Fixture } from './fixture.ts'
import { makeInput } from './inputs.ts'
import { objectsOf } from './records.ts'
import { camel, inputFields, type RecordShape, selected } from './schema.ts'
import { fieldOf } from './values.ts'
import { attemptWrite, type RecordMutation, recordMutations } from './writes.ts'

/** Updates each field with permission for only that one. An update that sets another field too must be refused. */
export async function writeEachField(fixture: Fixture, found: string[]): Promise<void> {
  const updates = new Map(
    recordMutations(fixture)
      .filter(({ name }) => name.startsWith('update'))
      .map((mutation) => [mutation.object, mutation]),
  )
  const done = new Set<string>()
  for (const shape of fixture.shapes) {
    const own = fixture.records.filter((each) => each.shape === shape)
    const record = own.find(({ kind }) => kind === 'own') ?? own[0]
    const update = updates.get(shape.permission)
    if (!record || !update) continue
    const places = writablePlaces(fixture, shape, update.inputType)
    const names = [...places.keys()]
    for (const [name, { field, input }] of places) {
      if (done.has(`${shape.permission}.${field}`)) continue
      done.add(`${shape.permission}.${field}`)
      const other = names.find((each) => places.get(each)?.field !== field)
      const role = `to update only ${shape.type}.${field}`
      await fixture.grant([`${shape.permission}:read`, `${shape.permission}.${field}:update`])
      const own = await attemptWrite(fixture, update, record, input)
      if (own.outcome !== 'WRITES') found.push(`${role}: writing ${name} is ${own.outcome} ${String(own.permission)}`)
      const foreign = other === undefined ? undefined : places.get(other)
      if (!foreign) continue
      const { outcome, permission } = await attemptWrite(fixture, update, record, { ...input, ...foreign.input })
      if (outcome !== 'FORBIDDEN' || permission !== `${shape.permission}.${foreign.field}:update`)
        found.push(`${role}: writing ${other} is ${outcome} ${String(permission)}`)
    }
  }
}

interface WritablePlace {
  /** Field of the record that the input sets. */
  readonly field: string
  /** Input that sets only this field. */
  readonly input: Readonly<Record<string, unknown>>
}

/** Returns the fields that an update of the type accepts, by name, each with an input that sets only this field. */
function writablePlaces(
  fixture: Fixture,
  shape: RecordShape,
  inputType: string,
  number = 77_777,
): Map<string, WritablePlace> {
  const { schema, records, makers } = fixture
  // An update accepts the values that a create accepts.
  const maker = makers.get(shape.type)
  const known = [...(maker?.learned[0]?.attempts ?? [])].map(
    ([path, attempt]) => [path.replace(`${maker?.only}.`, ''), attempt] as const,
  )
  const learned = { attempts: new Map(known), dropped: new Set<string>(), dropsFirst: false }
  const places = new Map<string, WritablePlace>()
  for (const field of inputFields(schema.getType(inputType))) {
    if (field.name === 'id' || field.name === 'version') continue
    const target = (type: string) => records.find((record) => record.shape.type === type)?.id ?? null
    const isVariant =
      !shape.fields.some(({ name }) => name === field.name) &&
      schema.getType(field.name.charAt(0).toUpperCase() + field.name.slice(1)) !== undefined &&
      inputFields(field.type).length > 0
    if (isVariant && field.name !== camel(shape.type)) continue
    const inner = isVariant ? inputFields(field.type) : [field]
    for (const { name } of inner) {
      const made = makeInput(
        { schema, learned, target, next: () => number, seed: number },
        isVariant ? getNamedType(field.type).name : inputType,
        shape.type,
        name,
      )
      const input = isVariant ? { [field.name]: made.input } : made.input
      const of = fieldOf(shape, name)
      if (of === null) throw new Error(`${inputType}.${name} sets no field of ${shape.type} that the generator knows.`)
      if (made.places.length > 0) places.set(name, { field: of, input })
    }
  }
  return places
}

/** Creates records without permission for one of their fields, for each field in turn. Each must be refused. */
export async function createWithoutEachField(fixture: Fixture, found: string[]): Promise<void> {
  const { schema, asker, boss, records, makers } = fixture
  for (const shape of fixture.shapes) {
    const maker = makers.get(shape.type)
    const template = records.find((record) => record.shape === shape && record.kind === 'own')
    if (!maker || !template || !/^(create|log)/.test(maker.mutation)) continue
    const [learned] = maker.learned
    if (!learned) continue
    const target = (type: string) => records.find((record) => record.shape.type === type)?.id ?? null
    const made = makeInput(
      { schema, learned, target, next: () => 88_888, seed: 88_888 },
      maker.inputType,
      shape.type,
      maker.only ?? undefined,
    )
    const fields = new Set(made.places.flatMap(({ path }) => fieldOf(shape, path) ?? []))
    for (const field of fields) {
      const others = [...fields].filter((each) => each !== field)
      await fixture.grant([
        ...others.map((each) => `${shape.permission}.${each}:create`),
        `${shape.permission}.id:create`,
      ])
      const answer = await asker.ask(
        boss.token ?? '',
        `mutation ($input: ${maker.inputType}!) { ${maker.mutation}(input: $input) { userErrors { message } } }`,
        { input: made.input },
      )
      const permission = at(answer.errors[0]?.extensions, 'permission')
      if (permission !== `${shape.permission}.${field}:create`)
        found.push(
          `to create ${shape.type} without ${field}: ${maker.mutation} is refused by ${String(permission)} ${answer.text.slice(-300)}`,
        )
    }
  }
}

/**
 * Runs every mutation of a record with its real version, as a caller who may not read the record. The answers, also
 * those with user errors of rules, must show no value of the record.
 */
export async function writeBlindly(fixture: Fixture, found: string[]): Promise<void> {
  const { asker, boss, app, records, registry } = fixture
  // A soft-deleted record can't be changed before it is restored.
  const order = ({ name }: RecordMutation) =>
    name.startsWith('update') ? 0 : name.startsWith('delete') ? 2 : name.startsWith('restore') ? 3 : 1
  for (const mutation of recordMutations(fixture).sort((one, other) => order(one) - order(other))) {
    await fixture.grant([
      `${mutation.object}:${mutation.action}`,
      ...objectsOf(fixture)
        .filter((object) => object !== mutation.object && object !== 'auditEntry')
        .map((object) => `${object}:read`),
    ])
    for (const record of records.filter(({ shape, kind }) => shape.permission === mutation.object && kind === 'own')) {
      const inputs = mutation.name.startsWith('update')
        ? [...writablePlaces(fixture, record.shape, mutation.inputType).values()].map(({ input }) => input)
        : [{}]
      for (const input of inputs) {
        const { rows } = await app.database.ownerPool.query<{ version: number }>(
          `select version from ${registry.objects.get(record.shape.object)?.model.table} where id = $1`,
          [record.uuid],
        )
        const version = rows[0]?.version
        const answer = await asker.ask(
          boss.token ?? '',
          `mutation ($input: ${mutation.inputType}!) { ${mutation.name}(input: $input) { userErrors ${errorSelection(fixture)} } }`,
          { input: { id: record.id, version, ...input } },
        )
        const told = [...record.canaries].filter(
          ([, canary]) => answer.text.includes(canary) && !JSON.stringify(input).toLowerCase().includes(canary),
        )
        if (told.length > 0)
          found.push(
            `${mutation.name} with ${JSON.stringify(input)} tells ${told.join()}: ${answer.text.slice(answer.text.indexOf('{'))}`,
          )
      }
    }
  }
}

/**
 * Sends a stale update of all fields, once for each field, as a caller who may read every field but that one: the
 * conflicts must not show it. Returns the number of conflicts in all answers.
 */
export async function writeFromOldVersions(fixture: Fixture, found: string[]): Promise<number> {
  const { asker, boss, records } = fixture
  let told = 0
  for (const mutation of recordMutations(fixture).filter(({ name }) => name.startsWith('update'))) {
    const record = records.find(({ shape, kind }) => shape.permission === mutation.object && kind === 'own')
    if (!record) continue
    const places = [...writablePlaces(fixture, record.shape, mutation.inputType, 99_999).values()].filter(
      ({ input }) => !hasId(input),
    )
    const input = Object.assign({}, ...places.map((place) => place.input), { id: record.id, version: 1 })
    for (const { field } of places) {
      const others = record.shape.fields.map(({ name }) => name).filter((name) => name !== field)
      await fixture.grant([
        `${mutation.object}:update`,
        // A permission for whole records does not cover sensitive fields.
        ...places.map((place) => `${mutation.object}.${place.field}:update`),
        ...others.map((name) => `${mutation.object}.${name}:read`),
      ])
      const answer = await asker.ask(
        boss.token ?? '',
        `mutation ($input: ${mutation.inputType}!) { ${mutation.name}(input: $input) { userErrors { code ... on StaleVersionError { conflicts { field base theirs yours } } } } }`,
        { input },
      )
      const error = at(answer.data, `${mutation.name}.userErrors.0`)
      // A record that was deleted and can't be restored gives NOT_FOUND, without conflicts.
      const conflicts = at(error, 'conflicts') === undefined ? [] : listAt(error, 'conflicts')
      told += conflicts.length
      if (conflicts.some((conflict) => fieldOf(record.shape, textAt(conflict, 'field')) === field))
        found.push(`${mutation.name} tells a conflict of ${field}`)
      for (const [path, canary] of record.canaries)
        if (fieldOf(record.shape, path) === field && !canary.endsWith('.37') && answer.text.includes(canary))
          found.push(`${mutation.name} tells ${path} in a conflict`)
      if (answer.errors.length > 0) found.push(`${mutation.name}: ${JSON.stringify(answer.errors)}`)
    }
  }
  return told
}

function hasId(input: unknown): boolean {
  return /_[0-9a-z]{26}"/.test(JSON.stringify(input))
}

/** A selection of every field of every kind of user error. */
export function errorSelection({ schema }: Fixture): string {
  const type = schema.getType('UserError')
  const kinds = isInterfaceType(type) ? schema.getPossibleTypes(type) : []
  return `{ code message path ${kinds
    .map(
      (kind) =>
        `... on ${kind.name} { ${Object.values(kind.getFields())
          .map((field) => `${kind.name}_${field.name}: ${selected(schema, field)}`)
          .join(' ')} }`,
    )
    .join(' ')} }`
}
