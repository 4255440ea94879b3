import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'
import type { RouteRequest, RouteResponse } from '../../../src/platform/declare/routes/request.ts'
import { defineRoute, type Route } from '../../../src/platform/declare/routes/route.ts'
import type { Verification } from '../../../src/platform/declare/routes/verification.ts'
import { z } from '../../../src/plugin.ts'
import { signBody } from '../../../src/plugin-testing.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'
import { type HttpAnswer, sendAs } from '../../support/post.ts'

export const SECRET = 'correct horse battery staple'
export const SIGNED: Verification = {
  scheme: 'hmac-sha256',
  header: 'x-shop-signature',
  secret: 'key',
  prefix: 'sha256=',
}

/** What the handler of the route `shop.orders` does. */
export type Handle = (
  request: RouteRequest<{ id: string; account: string }>,
  context: PluginContext,
) => RouteResponse | Promise<RouteResponse>

/** A route that creates an account for each order. */
export function orders(handle: Handle, changes: Partial<Route> = {}): Route {
  const route = defineRoute({
    name: 'shop.orders',
    description: 'Creates an account for each order.',
    path: 'orders/new',
    verify: SIGNED,
    headers: ['x-order'],
    body: z.object({ id: z.string(), account: z.string().min(1).default('Nameless') }),
    idempotencyKey: ({ body }) => body.id,
    handle,
  })
  return { ...route, ...changes }
}

export function shop(routes: readonly Route[], changes: Partial<Plugin> = {}): Plugin {
  return {
    id: 'shop',
    description: 'Takes orders.',
    version: '1.0.0',
    api: '^1.0.0',
    permissions: ['account:create', 'account:read'],
    settings: { secrets: { key: 'Signing key of the shop.' } },
    routes,
    ...changes,
  }
}

/** Creates the account that the order names. */
export const createAccount: Handle = async ({ body }, { records }) => {
  const { id, userErrors } = await records.create('Account', { name: body.account })
  return userErrors.length > 0 ? { status: 422, body: { userErrors } } : { status: 201, body: { id } }
}

/** An app with the plugin `shop`, whose secret is set in the workspace `acme`. */
export async function openShop(plugin: Plugin, options: TestAppOptions = {}): Promise<TestApp> {
  const app = await createTestApp({ ...options, plugins: [{ plugin }] })
  await setSecret(app, SECRET)
  return app
}

export async function setSecret(app: Pick<TestApp, 'as'>, key: string | null): Promise<void> {
  await app.as('admin').must(
    `mutation ($secrets: JSON) {
       updatePluginSettings(input: { pluginId: "shop", secrets: $secrets }) { userErrors { message } }
     }`,
    { secrets: { key } },
  )
}

/** Posts an order to the route, signed unless `headers` has the signature. */
export function postOrder(
  app: Pick<TestApp, 'fetch' | 'as'>,
  order: unknown,
  headers: Readonly<Record<string, string>> = {},
  path = '/plugins/shop/acme/orders/new',
): Promise<HttpAnswer> {
  const body = typeof order === 'string' ? order : JSON.stringify(order)
  return sendAs(app, path, { method: 'POST', body, headers: { ...signBody(SIGNED, SECRET, body), ...headers } })
}

/** Names of the accounts of a workspace. */
export async function accounts(app: TestApp, workspace: 'acme' | 'globex' = 'acme'): Promise<string[]> {
  const { rows } = await app.database.ownerPool.query<{ name: string }>(
    'select name from accounts where workspace_id = $1 order by name',
    [app.as('admin', workspace).actor.workspaceId],
  )
  return rows.map(({ name }) => name)
}
