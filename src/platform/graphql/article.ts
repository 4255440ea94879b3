/** Returns a noun or a type's name with its indefinite article, for descriptions: `an Account`, `a user`. */
export function withArticle(name: string): string {
  return `${/^(?:[aeio]|u(?!ni|s))/i.test(name) ? 'an' : 'a'} ${name}`
}
