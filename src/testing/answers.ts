/** Returns the value at a path of keys and indexes, such as `accounts.nodes.0.id`; undefined when there is no value. */
export function at(value: unknown, path: string): unknown {
  let current = value
  for (const key of path.split('.')) {
    if (current === null || typeof current !== 'object') return undefined
    current = Reflect.get(current, key)
  }
  return current
}

/**
 * Returns the string at a path, written as for `at`.
 * @throws Error that contains the whole value when there is no string.
 */
export function textAt(value: unknown, path: string): string {
  const text = at(value, path)
  if (typeof text === 'string') return text
  throw new Error(`There is no string at ${path} of ${JSON.stringify(value)}.`)
}

/**
 * Returns the list at a path, written as for `at`.
 * @throws Error that contains the whole value when there is no list.
 */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const list = at(value, path)
  if (Array.isArray(list)) return list
  throw new Error(`There is no list at ${path} of ${JSON.stringify(value)}.`)
}

/**
 * Returns the string at a path of each element of a list: `textsAt(data, 'accounts.nodes', 'id')`.
 * @throws Error when there is no list, or an element has no string at the path.
 */
export function textsAt(value: unknown, listPath: string, path: string): string[] {
  return listAt(value, listPath).map((element) => textAt(element, path))
}

/** Returns `extensions.code` of each error of a response. */
export function errorCodes(response: {
  readonly errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[]
}): unknown[] {
  return response.errors.map((error) => error.extensions?.['code'])
}

/**
 * Returns the `code` of each user error of a mutation.
 * @param data Data of the response.
 * @param field Name of the mutation, or its alias.
 */
export function refusals(data: unknown, field: string): string[] {
  return textsAt(data, `${field}.userErrors`, 'code')
}
