import { at, type PluginTestApp } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAbandonedCart, openApp, passTime } from './support.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await openApp()
})
afterAll(() => app.close())

it('disabling the plugin ecommerce hides its carts and rescue messages in the API, and enabling the plugin shows them again', async () => {
  const { contact } = await createAbandonedCart(app, 'off')
  await passTime(app, 60)
  const timeline = () =>
    app
      .as('reader')
      .must(
        'query($id: ID!) { contact(id: $id) { timeline { nodes { __typename id } } interactions { nodes { id } } } }',
        { id: contact },
      )
  const before = await timeline()
  expect(at(before, 'contact.timeline.nodes.0.__typename')).toBe('CartRescueMessage')
  const setPluginState = (verb: string) =>
    app.as('admin').must(`mutation { ${verb}Plugin(input: { pluginId: "ecommerce" }) { userErrors { message } } }`)
  await setPluginState('disable')
  expect(await timeline()).toEqual({ contact: { timeline: { nodes: [] }, interactions: { nodes: [] } } })
  expect((await app.as('reader').query('{ carts { nodes { id } } }')).errors[0]?.message).toContain('carts')
  await setPluginState('enable')
  expect(await timeline()).toEqual(before)
})
