import { at, type PluginTestApp } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { abandoned, openApp, pass } from './support.ts'

let app: PluginTestApp
beforeAll(async () => {
  app = await openApp()
})
afterAll(() => app.close())

it('leaves nothing in the graph when it is disabled, and all is there again when it is enabled', async () => {
  const { contact } = await abandoned(app, 'off')
  await pass(app, 60)
  const timeline = () =>
    app
      .as('reader')
      .must(
        'query($id: ID!) { contact(id: $id) { timeline { nodes { __typename id } } interactions { nodes { id } } } }',
        { id: contact },
      )
  const before = await timeline()
  expect(at(before, 'contact.timeline.nodes.0.__typename')).toBe('CartRescueMessage')
  const turn = (verb: string) =>
    app.as('admin').must(`mutation { ${verb}Plugin(input: { pluginId: "ecommerce" }) { userErrors { message } } }`)
  await turn('disable')
  expect(await timeline()).toEqual({ contact: { timeline: { nodes: [] }, interactions: { nodes: [] } } })
  expect((await app.as('reader').query('{ carts { nodes { id } } }')).errors[0]?.message).toContain('carts')
  await turn('enable')
  expect(await timeline()).toEqual(before)
})
