/** Files of a plugin whose rule harms the process. The name of the created account selects how. */
export const processPlugin = {
  'plugins/harmful/plugin.ts': `import { definePlugin, defineRule } from 'rapport/plugin'

const deeds: Record<string, () => unknown> = {
  floats: () => void Promise.reject(new Error('Nobody awaits this.')),
  floatsText: () => void Promise.reject('Only text.'),
  ticks: () => void setTimeout(() => { throw new Error('Nobody catches this.') }, 1),
  ticksText: () => void setTimeout(() => { throw 'Only text.' }, 1),
  nexts: () => void process.nextTick(() => { throw new Error('Nobody catches this.') }),
  fills: () => { const all = []; for (let gigabytes = 0; gigabytes < 2; gigabytes += 1 / 64) all.push(Buffer.alloc(16 * 1024 * 1024, 1)) },
  exits: () => process.exit(0),
}

export default definePlugin({
  id: 'harmful', description: 'Harmful.', version: '1.0.0', api: '^1.0.0',
  rules: [defineRule({ name: 'harmful.rule', description: 'Harmful.', object: 'Account', on: ['create'],
    before: ({ values }) => { deeds[String(values.name)]?.(); return undefined } })],
})
`,
}
