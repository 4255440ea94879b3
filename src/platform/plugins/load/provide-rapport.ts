import { registerHooks } from 'node:module'

const PROVIDED: Readonly<Record<string, string>> = {
  'rapport/plugin': '../../../plugin.ts',
  'rapport/plugin/testing': '../../../plugin-testing.ts',
  'rapport/config': '../../../plugin-config.ts',
}

let isProvided = false

/**
 * Makes `rapport/plugin` and the other entries resolve to this installation for every later import, wherever the
 * importing plugin is stored. A second copy of Rapport beside a plugin would not share this process's state.
 */
export function provideRapport(): void {
  if (isProvided) return
  isProvided = true
  registerHooks({
    resolve(specifier, context, next) {
      const path = PROVIDED[specifier]
      return path === undefined
        ? next(specifier, context)
        : { url: new URL(path, import.meta.url).href, shortCircuit: true }
    },
  })
}
