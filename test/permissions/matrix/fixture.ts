import type { GraphQLSchema } from 'graphql'
import ecommerce from '../../../plugins/ecommerce/plugin.ts'
import legal from '../../../plugins/legal/plugin.ts'
import nonprofit from '../../../plugins/nonprofit/plugin.ts'
import { decodeId, encodeId } from '../../../src/platform/declare/record-id.ts'
import type { Registry } from '../../../src/platform/registry/object-type.ts'
import { DEFAULT_LIMITS } from '../../../src/server/limits/limits.ts'
import { DEVELOPMENT } from '../../../src/server/server-settings.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../../src/testing/client.ts'
import { HOMES, homes } from '../../plugins/homes/plugin.ts'
import { TENANCIES, tenanciesPlugin } from '../../plugins/tenancies/plugin.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'
import { teamOf, userWho } from '../people.ts'
import { type Asker, createAsker } from './ask.ts'
import { learn, makeInput } from './inputs.ts'
import { addLeadActivities } from './lead-activities.ts'
import { type Maker, makersOf, places, targetsOf } from './makers.ts'
import type { Kind, MatrixRecord } from './matrix-record.ts'
import { narrowProbe, schemaProbe, wideProbe } from './plugin.ts'
import { addPrimaryQuotes } from './primary-quotes.ts'
import { ISSUER } from './samples.ts'
import { type RecordShape, recordShapes } from './schema.ts'
import { addUnmade } from './unmade.ts'
import { COMPUTED } from './values.ts'

const FIRST_WAY: ReadonlySet<Kind> = new Set(['own', 'mates', 'granted'])

type Person = TestClient<TestActor> & { readonly roleId: string }

export interface Fixture {
  readonly app: TestApp
  readonly schema: GraphQLSchema
  readonly registry: Registry
  readonly asker: Asker
  readonly shapes: readonly RecordShape[]
  readonly records: readonly MatrixRecord[]
  /** The caller whose permissions the tests change. */
  readonly boss: Person
  /** The person who created the records of a kind. */
  readonly ownerOf: Readonly<Record<Kind, Person>>
  /** Input fields for which no record has a value. */
  readonly unfilled: readonly string[]
  /** By record type: the mutation that creates its records, with its input type and payload field. */
  readonly makers: ReadonlyMap<string, Maker>
  /** Sets the permissions of the caller's role. */
  grant(permissions: readonly string[]): Promise<void>
}

const folder = (name: string) => new URL(`../../../plugins/${name}`, import.meta.url).pathname
const { households, householdCount, shout } = homes.extend?.['Account'] ?? {}
if (!households || !householdCount || !shout) throw new Error('The plugin homes has changed.')
/** Leaves out the fields that fail on purpose: they would put the plugin into quarantine. */
const soundHomes = { ...homes, extend: { ...homes.extend, Account: { households, householdCount, shout } } }

export const PLUGINS = [
  { plugin: nonprofit, directory: folder('nonprofit') },
  { plugin: legal, directory: folder('legal') },
  { plugin: ecommerce, directory: folder('ecommerce') },
  { plugin: soundHomes, directory: HOMES },
  { plugin: tenanciesPlugin({ operations: [] }), directory: TENANCIES },
  { plugin: wideProbe },
  { plugin: narrowProbe },
  { plugin: schemaProbe },
]

/** High limits, so that one request can hold what would otherwise need many. */
const UNLIMITED = {
  ...DEVELOPMENT,
  limits: {
    ...DEFAULT_LIMITS,
    sameField: 1_000,
    aliases: 1_000,
    rootFields: 1_000,
    streams: 1_000,
    selections: 100_000,
    tokens: 100_000,
    cost: 10_000_000,
  },
}

/**
 * Starts an app with four people and a record of every type and kind. The records are created through the API by those
 * who own them, with a value in every field.
 */
export async function openFixture(options: Pick<TestAppOptions, 'now'> = {}): Promise<Fixture> {
  const app = await createTestApp({
    ...options,
    plugins: PLUGINS,
    settings: UNLIMITED,
    signIn: { trustedIssuers: [ISSUER, `${ISSUER}/*`] },
  })
  const { schema, registry } = app.host.runtimeFor(PLUGINS.map(({ plugin }) => plugin.id))
  const asker = createAsker(app, schema)
  const boss = await userWho(app, ['*:*'])
  const seller = await userWho(app, ['*:*'], { above: boss.roleId })
  const mate = await userWho(app, ['*:*'])
  const stranger = await userWho(app, ['*:*'])
  const team = encodeId('team', await teamOf(app, [boss, mate]))
  const ownerOf = {
    own: boss,
    mates: mate,
    teams: stranger,
    below: seller,
    granted: stranger,
    spare: stranger,
    foreign: stranger,
  }
  const shapes = recordShapes(schema, registry)
  const records: MatrixRecord[] = []
  const filled = new Set<string>()
  const makers = new Map(shapes.flatMap((shape) => makersOf(schema, shape)))
  let count = 10_000
  const ofType = (type: string, kind: Kind) =>
    records.find((record) => record.shape.type === type && record.kind === kind)?.id ?? null

  const make = async (shape: RecordShape, maker: Maker, kind: Kind) => {
    const person = ownerOf[kind]
    const another = person === boss ? stranger : boss
    const { owner, team: ownTeam } = registry.objects.get(shape.object)?.ownership ?? { owner: null, team: null }
    const target = (type: string, field: string, choice: number): string | null => {
      // A record that is owned through a relation refers to the record of its own kind.
      if ([owner, ownTeam].some((source) => source?.via && source.key.name === field)) return ofType(type, kind)
      // Two users of one record, such as those of a delegation, may have to differ.
      if (type === 'User')
        return encodeId('user', (field === owner?.key.name ? person : choice === 1 ? another : stranger).actor.id)
      if (type === 'Team') return field === 'teamId' && kind === 'teams' ? team : ofType('Team', 'spare')
      // A visible record refers to a hidden one and a hidden record to a visible one, as far as the rules allow it.
      const cross: Kind = kind === 'own' ? 'spare' : kind === 'foreign' ? 'own' : kind
      return [ofType(type, cross), ofType(type, kind), ofType(type, 'spare')][choice] ?? ofType(type, 'spare')
    }
    const input = maker.inputType
    const seed = ++count
    const learned = maker.learned[FIRST_WAY.has(kind) ? 0 : 1]
    if (!learned) throw new Error('There are two ways.')
    for (let attempt = 0; attempt < 80; attempt++) {
      const made = makeInput(
        { schema, learned, target, next: () => ++count, seed },
        input,
        shape.type,
        maker.only ?? undefined,
      )
      const document = `mutation ($input: ${input}!) { ${maker.mutation}(input: $input) { ${maker.payloadField} { id } userErrors { message path } } }`
      const answer = await asker.ask(person.token ?? '', document, { input: made.input })
      const id = at(answer.data, `${maker.mutation}.${maker.payloadField}.id`)
      if (typeof id === 'string') {
        for (const { path } of made.places) filled.add(`${input}.${path.replace(/\.0$/, '')}`)
        const kept = made.places.flatMap(({ path, canary, value }) =>
          canary === null || COMPUTED.has(`${shape.type}.${path}`) ? [] : [{ path, canary, value }],
        )
        const canaries = new Map(kept.map(({ path, canary }) => [path, canary]))
        const values = new Map(kept.map(({ path, value }) => [path, value]))
        records.push({ shape, kind, id, uuid: decodeId(id)?.uuid ?? '', canaries, values, isShared: false })
        return
      }
      const [refusal] = [
        ...errorsOf(answer.data, maker.mutation),
        ...answer.errors.map(({ message }) => ({ path: null, message })),
      ]
      if (!refusal) throw new Error(`${maker.mutation} answers nothing: ${answer.text}`)
      try {
        learn(learned, made, refusal)
      } catch (error) {
        throw new Error(`${maker.mutation} takes nothing: ${JSON.stringify(made.input)}`, { cause: error })
      }
    }
    throw new Error(`${maker.mutation} is not learned.`)
  }

  const isReady = (shape: RecordShape) => {
    const maker = makers.get(shape.type)
    return targetsOf(schema, maker, shape.type, true).every(
      (type) => type === 'User' || ofType(type, 'spare') || type === shape.type,
    )
  }
  const waiting = new Set(shapes.filter(({ type }) => makers.has(type)))
  while (waiting.size > 0) {
    const ready = [...waiting].filter(isReady)
    if (ready.length === 0)
      throw new Error(`Nothing makes what these need: ${[...waiting].map(({ type }) => type).join()}`)
    // Of the types that can be created now, first the one that refers to the fewest types without records.
    const missing = (shape: RecordShape) =>
      targetsOf(schema, makers.get(shape.type), shape.type, false).filter(
        (type) => type !== 'User' && type !== shape.type && !ofType(type, 'spare'),
      ).length
    const shape = ready.reduce((one, other) => (missing(other) < missing(one) ? other : one))
    const maker = makers.get(shape.type)
    waiting.delete(shape)
    if (shape.type === 'Quote') await addPrimaryQuotes(app, records)
    if (maker) {
      const kinds: readonly Kind[] = ['spare', 'own', 'mates', 'below', 'foreign', 'granted']
      const hasTeam =
        registry.objects.get(shape.object)?.ownership.team !== null &&
        !shape.fields.some(({ name }) => name === 'access')
      for (const kind of hasTeam ? [...kinds, 'teams' as const] : kinds) await make(shape, maker, kind)
    }
  }
  for (const record of records) if (record.kind === 'granted') record.isShared = await share(app, record, boss)
  await addLeadActivities(app, records)
  await addUnmade({
    app,
    shapes,
    people: { own: boss, mates: mate, below: seller, foreign: stranger },
    records,
    next: () => ++count,
  })
  const unfilled = [...makers.values()].flatMap((maker) =>
    places(schema, maker.inputType, maker.only)
      .filter((path) => !filled.has(`${maker.inputType}.${path}`))
      .map((path) => `${maker.mutation} ${path}`),
  )
  return {
    app,
    schema,
    registry,
    asker,
    shapes,
    records,
    boss,
    ownerOf,
    unfilled,
    makers,
    async grant(permissions) {
      await app.database.ownerPool.query('update roles set permissions = $2 where id = $1', [boss.roleId, permissions])
    },
  }
}

function errorsOf(data: unknown, mutation: string): { path: readonly string[] | null; message: string }[] {
  if (!at(data, mutation)) return []
  return listAt(data, `${mutation}.userErrors`).map((error) => {
    const path = at(error, 'path')
    return { message: textAt(error, 'message'), path: Array.isArray(path) ? path.map(String) : null }
  })
}

/** Shares a record with a person, for reading. Returns whether such records can be shared. */
async function share(app: TestApp, { id }: MatrixRecord, { actor }: Person): Promise<boolean> {
  const data = await app
    .as('admin')
    .must(
      'mutation ($input: CreateRecordGrantInput!) { createRecordGrant(input: $input) { recordGrant { id } userErrors { message } } }',
      { input: { recordId: id, userId: encodeId('user', actor.id), access: 'READ' } },
    )
  return at(data, 'createRecordGrant.recordGrant.id') !== undefined
}
