/** What lies under a path of keys and indexes, such as `accounts.nodes.0.id`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
  let found = value
  for (const key of path.split('.')) {
    if (found === null || typeof found !== 'object') return undefined
    found = Reflect.get(found, key)
  }
  return found
}

/** The text under a path. Throws where there is none, with what is there instead. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path)
  if (typeof found === 'string') return found
  throw new Error(`There is no text at ${path} of ${JSON.stringify(value)}.`)
}

/** The list under a path. Throws where there is none. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path)
  if (Array.isArray(found)) return found
  throw new Error(`There is no list at ${path} of ${JSON.stringify(value)}.`)
}

/** The texts under a path in each element of a list: `idsAt(data, 'accounts.nodes', 'id')`. */
export function textsAt(value: unknown, listPath: string, path: string): string[] {
  return listAt(value, listPath).map((element) => textAt(element, path))
}

/** `extensions.code` of each error of an answer. */
export function errorCodes(answer: {
  readonly errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[]
}): unknown[] {
  return answer.errors.map((error) => error.extensions?.['code'])
}

/** `code` of each entry of a mutation's `userErrors`. */
export function refusals(data: unknown, field: string): string[] {
  return textsAt(data, `${field}.userErrors`, 'code')
}
