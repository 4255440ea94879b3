/**
 * Refuses, at compile time, the properties of a literal that `Allowed` does not have, such as misspelt ones. The compiler
 * itself does not, where it infers the type of the literal.
 */
export type OnlyKeysOf<Allowed, Literal> = { readonly [Key in Exclude<keyof Literal, keyof Allowed>]?: never }
