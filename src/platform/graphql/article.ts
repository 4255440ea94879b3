/** A type's name with its indefinite article, for descriptions: `an Account`, `a User`. */
export function withArticle(name: string): string {
  return `${/^(?:[AEIO]|U(?!ni|s))/.test(name) ? 'an' : 'a'} ${name}`
}
