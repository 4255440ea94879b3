import { randomUUID } from 'node:crypto'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import type { TestActor, TestClient } from '../../../src/testing/client.ts'
import type { TestApp } from '../../support/app.ts'
import type { Kind, MatrixRecord } from './matrix-record.ts'
import type { RecordShape } from './schema.ts'
import { addOrder } from './unmade-orders.ts'
import { addQuoteParts } from './unmade-quotes.ts'

interface Adding {
  readonly app: TestApp
  readonly shapes: readonly RecordShape[]
  readonly people: Readonly<Partial<Record<Kind, TestClient<TestActor>>>>
  readonly records: MatrixRecord[]
  readonly next: () => number
}

/**
 * Adds the records that no mutation creates: sessions, orders, approvals and versions of quotes, snapshots of forecasts,
 * the actor of a plugin and the workspace.
 */
export async function addUnmade({ app, shapes, people, records, next }: Adding): Promise<void> {
  const { ownerPool } = app.database
  const { workspaceId } = app.as('admin').actor
  const shapeOf = (type: string) => {
    const shape = shapes.find((each) => each.type === type)
    if (!shape) throw new Error(`There is no type ${type}.`)
    return shape
  }
  const add = (type: string, prefix: string, kind: Kind, uuid: string, canaries: readonly [string, string][]) =>
    records.push({
      shape: shapeOf(type),
      kind,
      id: encodeId(prefix, uuid),
      uuid,
      canaries: new Map(canaries),
      values: new Map(canaries),
      isShared: false,
    })
  for (const kind of ['own', 'mates', 'below', 'foreign'] as const) {
    const uuid = randomUUID()
    const agent = `zk${next()}q`
    await ownerPool.query(
      `insert into sessions (workspace_id, id, actor_id, user_agent, expires_at) values ($1, $2, $3, $4, now() + interval '1 day')`,
      [workspaceId, uuid, people[kind]?.actor.id, agent],
    )
    add('Session', 'session', kind, uuid, [['userAgent', agent]])
    const quote = records.find(({ shape, kind: each }) => shape.type === 'Quote' && each === kind)
    const [number, orderedBy, lineName, sku] = [`zk${next()}q`, `zk${next()}q`, `zk${next()}q`, `zk${next()}q`]
    const ownerId = people[kind]?.actor.id ?? ''
    const order = { workspaceId, quoteId: quote?.uuid ?? '', ownerId, number, orderedBy, lineName, sku }
    const { id, lineId } = await addOrder(ownerPool, order)
    add('Order', 'order', kind, id, [
      ['number', number],
      ['orderedBy', orderedBy],
    ])
    add('OrderLine', 'orderline', kind, lineId, [
      ['name', lineName],
      ['sku', sku],
    ])
    const contactId = records.find(({ shape, kind: each }) => shape.type === 'Contact' && each === kind)?.uuid ?? ''
    const [stepName, stepReason, decisionReason, content] = [
      `zk${next()}q`,
      `zk${next()}q`,
      `zk${next()}q`,
      `zk${next()}q`,
    ]
    const texts = { stepName, stepReason, decisionReason, content }
    const parts = { workspaceId, quoteId: quote?.uuid ?? '', contactId, actorId: ownerId, ...texts }
    const { approval, step, decision, version } = await addQuoteParts(ownerPool, parts)
    add('QuoteApproval', 'quoteapproval', kind, approval, [])
    add('QuoteApprovalStep', 'quoteapprovalstep', kind, step, [
      ['name', stepName],
      ['reason', stepReason],
    ])
    add('QuoteDecision', 'quotedecision', kind, decision, [['reason', decisionReason]])
    add('QuoteVersion', 'quoteversion', kind, version, [['content', content]])
    const snapshot = randomUUID()
    await ownerPool.query(
      `insert into forecast_snapshots (workspace_id, id, owner_id, taken_at, year, currency, count, closed, commit, best_case,
         pipeline, weighted, adjustment, created_by_id, updated_by_id)
       values ($1, $2, $3, '2020-01-01T00:00:00Z', 2020, 'EUR', 1, 10, 10, 10, 10, 10, 0, $3, $3)`,
      [workspaceId, snapshot, ownerId],
    )
    add('ForecastSnapshot', 'forecastsnapshot', kind, snapshot, [])
  }
  const [pluginActor, name] = [randomUUID(), `zk${next()}q`]
  await ownerPool.query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'PLUGIN', $3)`, [
    workspaceId,
    pluginActor,
    name,
  ])
  add('PluginActor', 'pluginactor', 'foreign', pluginActor, [['displayName', name]])
  const workspace = `zk${next()}q`
  await ownerPool.query('update workspaces set name = $2 where id = $1', [workspaceId, workspace])
  add('Workspace', 'workspace', 'foreign', workspaceId, [['name', workspace]])
}
