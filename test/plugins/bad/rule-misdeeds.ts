import { raw } from '../../../src/platform/data/sql.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { PendingWrite, RecordRule } from '../../../src/platform/declare/rules/rule.ts'
import { testPlugin, testRule } from '../guarded-plugin.ts'

/** A plugin whose rule does something invalid when an account is created with the plugin's id as its name. */
export interface Misdeed {
  readonly plugin: Plugin
  /** Matches the logged reason. */
  readonly reason: RegExp
}

type Deed = (write: PendingWrite, context: PluginContext) => unknown
type Parts = Partial<Plugin> & Pick<Partial<RecordRule>, 'budgetMs'>

/** A misdeed before the write. It may return values that the compiler would refuse. */
export function before(id: string, reason: RegExp, deed: Deed, parts: Parts = {}): Misdeed {
  return misdeed(id, reason, parts, {
    before: (write, context) => provoked(id, write, () => deed(write, context)) as undefined,
  })
}

/** A misdeed after the write. */
export function after(id: string, reason: RegExp, deed: Deed, parts: Parts = {}): Misdeed {
  return misdeed(id, reason, parts, {
    after: (write, context) => provoked(id, write, () => deed(write, context)) as undefined,
  })
}

function misdeed(id: string, reason: RegExp, { budgetMs = 100, ...parts }: Parts, rule: Partial<RecordRule>): Misdeed {
  return { plugin: testPlugin(id, { rules: [testRule(`${id}.rule`, { budgetMs, ...rule })], ...parts }), reason }
}

function provoked(id: string, write: PendingWrite, deed: () => unknown): unknown {
  return write.values['name'] === id ? deed() : undefined
}

const fail = (): never => {
  throw new Error('Oh no.')
}
const never = () => new Promise(() => undefined)
const refusal = (parts: object = {}) => ({
  typename: 'InvalidInputError',
  code: 'X',
  message: 'No.',
  path: null,
  ...parts,
})
const send =
  (text: string) =>
  (_write: PendingWrite, { transaction }: PluginContext) =>
    transaction.query(raw(text))

const throwing = [
  before('throws', /Oh no/, fail),
  before('rejects', /Oh no/, async () => fail()),
  before('throwstext', /only text/, () => {
    throw 'only text'
  }),
  after('throwsafter', /Oh no/, fail),
  after('rejectsafter', /Oh no/, async () => fail()),
]

const endless = [
  before('loops', /longer than its 100 ms/, () => {
    for (;;);
  }),
  before('catches', /longer than its 100 ms/, () => {
    for (;;)
      try {
        for (;;);
      } catch {}
  }),
  before('waits', /longer than its 100 ms/, never),
  after('waitsafter', /longer than its 100 ms/, never),
  before('recurses', /Maximum call stack/, function again(): unknown {
    return [again()]
  }),
  before('allocates', /longer than its 100 ms|Invalid|allocation/, () => {
    const all: Uint8Array[] = []
    for (let megabytes = 0; megabytes < 2_048; megabytes += 16) all.push(new Uint8Array(16 * 1_024 * 1_024).fill(1))
    return never().then(() => all)
  }),
  before('backtracks', /longer than its 100 ms/, () => /^(a+)+$/.test(`${'a'.repeat(40)}b`)),
]

const nonsense = [
  before('numbers', /returns a number/, () => 42),
  before('texts', /returns a string/, async () => 'no'),
  before('listing', /returns a list/, () => [refusal()]),
  before('misspells', /result has refusal;/, () => ({ refusal: [refusal()] })),
  before('refusestext', /refusals is a string/, () => ({ refusals: 'no' })),
  before('refusesnumber', /One of its refusals is a number/, () => ({ refusals: [42] })),
  before('refusesuntyped', /of the type NoSuchError/, () => ({ refusals: [refusal({ typename: 'NoSuchError' })] })),
  before('refusesmute', /lacks a code or a message/, () => ({ refusals: [refusal({ message: undefined })] })),
  before('refusesbadly', /path of one of its refusals/, () => ({ refusals: [refusal({ path: 'name' })] })),
  before('floods', /returns 1000000 refusals; 100 at most/, () => ({ refusals: new Array(1_000_000).fill(refusal()) })),
  before('patchestext', /patch is a string/, () => ({ patch: 'name' })),
  before('patchesid', /Account\.id/, ({ id }) => ({ patch: { id } })),
  before('patchesworkspace', /Account\.workspaceId/, (_write, { transaction }) => ({
    patch: { workspaceId: transaction.workspaceId },
  })),
  before('patchesversion', /Account\.version/, () => ({ patch: { version: 7 } })),
  before('patchesstamp', /Account\.createdAt/, ({ values }) => ({ patch: { createdAt: values['createdAt'] ?? 1 } })),
  before('patchesnothing', /Account\.nothing/, () => ({ patch: { nothing: 1 } })),
  before('patchesbadly', /Account\.foundedYear/, () => ({ patch: { foundedYear: 9999 } })),
  before('replacesparts', /domains|items set/i, () => ({ items: { domains: [{ domain: 'x.example' }] } })),
  before('claims', /returns an existingId/, ({ id }) => ({ existingId: id })),
  before('sets', /read only|Cannot assign/, ({ values }) => {
    ;(values as Record<string, unknown>)['name'] = 'Another'
  }),
]

const reaching = [
  after('reads', /reads accounts of core/, send('select * from accounts')),
  after('writescore', /writes accounts/, send("update accounts set name = 'x'")),
  after('hidesawrite', /writes contacts/, send('with x as (delete from contacts returning id) select * from x')),
  after('readsother', /reads ledger_lines of ledger/, send('select * from ledger_lines')),
  after('searches', /reads contacts of core/, send("select * from contacts_search('a')")),
  after('sendstwo', /more than one/, send('select 1; select 2')),
  after('setsrole', /begins with set/, send('set role postgres')),
  after('commits', /begins with commit/, send('commit')),
  after('switches', /names set_config/, send("select set_config('app.workspace_id', '', true)")),
  after('readsfile', /names pg_read_file/, send("select pg_read_file('/etc/passwd')")),
  after('escapes', /escapes of the kind U&/, send('select U&"pg\\005fread_file"(\'/etc/passwd\')')),
  after('nests', /comment within a comment/, send("select 1 /* /* */ ' */ from accounts --'")),
  after('addsjob', /names rapport_add_job/, send("select rapport_add_job('x', '{}', now(), 'x')")),
  after('endsjob', /names rapport_finish_job/, send('select rapport_finish_job(1)')),
  after('counts', /names ts_stat/, send("select ts_stat('select name from accounts')")),
  after('readsqueue', /names graphile_worker/, send('select * from graphile_worker.jobs')),
  after('readsplugins', /reads plugin_activations/, send('select secrets from plugin_activations'), {
    reads: ['plugin_activations'],
  }),
  after('caught', /nothing_there/, async (write, context) => {
    await send('select nothing_there')(write, context).catch(() => undefined)
  }),
  before('sendsearly', /can't write, because it runs before/, send('delete from sendsearly_x')),
  before(
    'writesearly',
    /can't write, because it runs before/,
    (_write, { records }) => records.create('Account', { name: 'Other' }),
    {
      permissions: ['account:create'],
    },
  ),
  after(
    'floats',
    /ended before 1 of its/,
    (_write, { records }) => {
      void records.create('Account', { name: 'Other' }).catch(() => undefined)
    },
    { permissions: ['account:create'] },
  ),
  after('setsoff', /levels deep/, (_write, { records }) => records.create('Account', { name: 'setsoff' }), {
    permissions: ['account:create'],
    budgetMs: 4_000,
  }),
]

/** Each of them makes the write fail. */
export const ruleMisdeeds: readonly Misdeed[] = [...throwing, ...endless, ...nonsense, ...reaching]
