import { registerHooks } from 'node:module'

const PROVIDED: Readonly<Record<string, string>> = {
  'rapport/plugin': '../../../plugin.ts',
  'rapport/plugin/testing': '../../../plugin-testing.ts',
  'rapport/config': '../../../plugin-config.ts',
}

let isProvided = false

/**
 * Makes every later import of `rapport/plugin` and the other keys of PROVIDED load the files of this process, wherever
 * the importing plugin is stored. Another copy of Rapport in a plugin's node_modules would not share this process's
 * state.
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
