import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineHandler, type HandledChange } from '../../../src/platform/declare/handler.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import { openDeliveries } from '../../../src/platform/plugins/background/deliver.ts'
import { deliverAll } from '../../../src/platform/plugins/background/deliver-all.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { logSettled } from '../../support/log.ts'
import { addAccount, addContact } from '../../support/records.ts'
import { accountNames, backgroundOf, setActivation, shipping } from './shipping.ts'

type Handle = (change: HandledChange, context: PluginContext) => Promise<void>

let app: TestApp
let workspaceId: string
let seen: HandledChange[] = []
let act: Handle = async () => undefined

const watch = defineHandler({
  name: 'shipping.watch',
  description: 'Does what the test says about accounts.',
  on: { types: ['Account'], operations: ['CREATED', 'UPDATED'] },
  async handle(change, context) {
    seen.push(change)
    await act(change, context)
  },
})

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shipping({ handlers: [watch] }) }] })
  workspaceId = app.as('member').actor.workspaceId
})
beforeEach(async () => {
  act = async () => undefined
  await retryNow()
  await deliverAll(backgroundOf(app))
  seen = []
})
afterAll(() => app.close())

const settle = () => deliverAll(backgroundOf(app))
const retryNow = () => app.database.ownerPool.query('update plugin_handlers set retry_at = null')
const create = (name: string) => addAccount(app.as('member'), { name })
const copyAs =
  (suffix: string): Handle =>
  async ({ recordId }, { records }) => {
    const account = await records.get('Account', recordId)
    const { userErrors } = await records.create('Contact', { firstName: String(account?.['name']), lastName: suffix })
    if (userErrors.length > 0) throw new Error(userErrors[0]?.message)
  }
const copies = async (suffix: string) => {
  const { rows } = await app.database.ownerPool.query<{ name: string }>(
    'select first_name as name from contacts where last_name = $1 order by id',
    [suffix],
  )
  return rows.map(({ name }) => name)
}
/** Ends the connection of the delivery, as PostgreSQL does when a process dies. */
const endConnection = () =>
  app.database.ownerPool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`,
  )
const place = async () => {
  const { rows } = await app.database.ownerPool.query<{
    attempts: number
    retryIn: number | null
    lastError: string | null
  }>(
    `select attempts, last_error as "lastError", round(extract(epoch from retry_at - updated_at))::int as "retryIn"
     from plugin_handlers where workspace_id = $1 and name = 'shipping.watch'`,
    [workspaceId],
  )
  return rows[0]
}

describe('a handler', () => {
  it('gets each change of the objects and operations that the handler names, once', async () => {
    const made = [await create('One'), await create('Two'), await create('Three')]
    await addContact(app.as('member'), { lastName: 'Nobody' })
    await settle()
    await settle()
    expect(seen).toHaveLength(3)
    expect(seen.map(({ operation, type }) => `${operation} ${type}`)).toEqual(Array(3).fill('CREATED Account'))
    expect(seen.map(({ cursor }) => cursor)).toEqual([...new Set(seen.map(({ cursor }) => cursor))])
    expect(made).toHaveLength(3)
    expect(seen[0]).toMatchObject({ actorId: app.as('member').actor.id, at: expect.any(Date) })
    expect(seen[0]?.changedFields).toContain('name')
  })

  it('writes once for each change, in the order of the log, when several deliveries run at the same time', async () => {
    act = copyAs('Copy')
    const names = Array.from({ length: 30 }, (_, index) => `Raced ${String(index).padStart(2, '0')}`)
    for (const name of names) await create(name)
    await Promise.all([settle(), settle(), settle()])
    expect(await copies('Copy')).toEqual(names)
  })

  it('writes nothing for a change when its database connection ends meanwhile, and gets the change again', async () => {
    act = async (change, context) => {
      await copyAs('Killed')(change, context)
      // The connection ends as it would when the process dies.
      await endConnection()
    }
    await create('Half')
    await settle()
    expect(await copies('Killed')).toEqual([])
    act = copyAs('Killed')
    await retryNow()
    await settle()
    expect(await copies('Killed')).toEqual(['Half'])
  })

  it('does not get the changes that its own plugin writes', async () => {
    act = async ({ recordId }, { records }) => {
      const account = await records.get('Account', recordId)
      await records.create('Account', { name: `${account?.['name']} again` })
    }
    await create('Echo')
    await settle()
    expect(seen).toHaveLength(1)
    expect(await accountNames(app, workspaceId)).toContain('Echo again')
  })

  it("acts as its plugin, with only the permissions in the plugin's manifest", async () => {
    let actor: PluginContext['actor'] | undefined
    act = async (_change, context) => {
      actor = context.actor
      await context.records.create('Task', { title: 'Not mine' })
    }
    await create('Rights')
    await settle()
    expect(actor).toMatchObject({ kind: 'PLUGIN', displayName: 'shipping' })
    expect(await place()).toMatchObject({ attempts: 1, lastError: expect.stringContaining('task:create') })
  })
})

describe('a handler that fails', () => {
  it('gets the failed change again after growing delays, while later changes wait', async () => {
    act = async () => Promise.reject(new Error('No carrier.'))
    await create('First')
    await create('Second')
    await settle()
    expect(await place()).toEqual({ attempts: 1, lastError: 'No carrier.', retryIn: 1 })
    await settle()
    expect(seen).toHaveLength(1)
    await retryNow()
    await settle()
    expect(await place()).toMatchObject({ attempts: 2, retryIn: 2 })
    seen = []
    act = copyAs('Later')
    await retryNow()
    await settle()
    expect(await copies('Later')).toEqual(['First', 'Second'])
    expect(await place()).toMatchObject({ attempts: 0, lastError: null })
  })

  it('keeps what it wrote for the changes before the failed one', async () => {
    act = async (change, context) => {
      const account = await context.records.get('Account', change.recordId)
      if (account?.['name'] === 'Bad') throw new Error('Bad.')
      await copyAs('Kept')(change, context)
    }
    for (const name of ['Good 1', 'Good 2', 'Bad', 'Good 3']) await create(name)
    await settle()
    expect(await copies('Kept')).toEqual(['Good 1', 'Good 2'])
    expect(await place()).toMatchObject({ attempts: 1, lastError: 'Bad.' })
  })

  it('goes on to the next change after 12 attempts, and the failed change is stored as a dead letter', async () => {
    act = async (change, context) => {
      const account = await context.records.get('Account', change.recordId)
      if (account?.['name'] === 'Poison') throw new Error('Poisoned.')
      await copyAs('After')(change, context)
    }
    await create('Poison')
    await create('Cure')
    for (let attempt = 0; attempt < 12; attempt++) {
      await retryNow()
      await settle()
    }
    expect(await copies('After')).toEqual(['Cure'])
    const { rows } = await app.database.ownerPool.query('select handler, error from plugin_dead_letters')
    expect(rows).toEqual([{ handler: 'shipping.watch', error: 'Poisoned.' }])
  })

  it('counts no strike against its plugin', async () => {
    const { rows } = await app.database.ownerPool.query('select distinct strikes from plugin_activations')
    expect(rows).toEqual([{ strikes: 0 }])
  })
})

describe('while a workspace does not use a plugin', () => {
  it("the plugin's handlers do not run there", async () => {
    await setActivation(app, workspaceId, 'DISABLED')
    await create('Unseen')
    await settle()
    expect(seen).toEqual([])
    await setActivation(app, workspaceId, 'ENABLED')
  })

  it('changes that are committed during a quarantine wait, and reach the handler once the plugin is enabled again', async () => {
    await settle()
    seen = []
    await setActivation(app, workspaceId, 'QUARANTINED')
    await create('Waiting')
    await settle()
    expect(seen).toEqual([])
    await app
      .as('admin')
      .must<unknown, object>('mutation { enablePlugin(input: { pluginId: "shipping" }) { userErrors { message } } }')
    await settle()
    expect(seen).toHaveLength(1)
  })

  it('changes that are committed while the plugin is disabled never reach the handler', async () => {
    const set = (verb: string) =>
      app
        .as('admin')
        .must<unknown, object>(`mutation { ${verb}Plugin(input: { pluginId: "shipping" }) { userErrors { message } } }`)
    await set('disable')
    await create('Missed')
    await logSettled(app)
    await set('enable')
    await create('Met')
    await settle()
    expect(seen).toHaveLength(1)
  })
})

describe('the loop that delivers changes to handlers', () => {
  it('delivers the changes of a commit in any workspace, until the loop is closed', async () => {
    const deliveries = openDeliveries(backgroundOf(app), app.runtime.feed)
    try {
      await create('Awake')
      await addAccount(app.as('member', 'globex'), { name: 'Awake too' })
      await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 10_000 })
    } finally {
      await deliveries.close()
    }
    await create('Asleep')
    expect(seen).toHaveLength(2)
  })
})
