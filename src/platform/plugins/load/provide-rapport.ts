import { registerHooks } from 'node:module'

const PROVIDED: Readonly<Record<string, string>> = {
  'rapport/plugin': '../../../plugin.ts',
  'rapport/plugin/testing': '../../../plugin-testing.ts',
  'rapport/config': '../../../plugin-config.ts',
}

let isProvided = false

/**
 * From now on `rapport/plugin` means this installation's, wherever the importing plugin lies: a second copy beside a
 * plugin would know nothing of what happens here.
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
