import type { SelectContext } from '../../declare/plugin-context.ts'
import { SelectError } from './select-where.ts'

const MEMBERS: readonly (string | symbol)[] = ['now', 'today', 'actor', 'can'] satisfies (keyof SelectContext)[]

/**
 * Returns the context that the functions with which a field selects get. The types of Pothos have all of the plugin's
 * context there.
 * @param coordinate Field, for messages.
 * @param contextOf Returns the context of the plugin. Called when the function uses it.
 * @throws SelectError (its properties) for what exists only when code of the plugin runs after the statement.
 */
export function selectContext(coordinate: string, contextOf: () => SelectContext): SelectContext {
  return new Proxy<SelectContext>(Object.create(null), {
    get(_, name) {
      if (MEMBERS.includes(name)) return Reflect.get(contextOf(), name)
      throw new SelectError(
        `The selection of ${coordinate} uses \`context.${String(name)}\`, which does not exist yet. It may use ${MEMBERS.join(', ')} of the context, and its arguments.`,
      )
    },
  })
}
