import type { ZodType } from 'zod'

/** A GraphQL scalar of a plugin, whose values are texts with rules of their own, such as `Iban`. */
export interface ScalarDeclaration {
  /** Name of the GraphQL type. */
  readonly name: string
  /** Description in the GraphQL schema: what a value looks like. */
  readonly description: string
  /**
   * Schema that checks and normalises the texts that clients send, in inputs, arguments and filters. Values that it
   * has normalised have to stay the same when it gets them again.
   */
  readonly input: ZodType<string, string>
  /** A text that `input` accepts, with which SQL of the plugin and `rapport plugin check` are tried. */
  readonly example: string
}

/**
 * Declares a scalar, for `scalars` of a plugin. Its name is a type of columns (`columns: { iban: { scalar: 'Iban' } }`),
 * of inputs and arguments, and of answers and payloads. In code its values are texts.
 *
 * @example
 * export const iban = defineScalar({
 *   name: 'Iban',
 *   description: 'An international bank account number, such as `DE02120300000000202051`.',
 *   input: z.string().transform((text) => text.replaceAll(' ', '').toUpperCase()).pipe(z.string().regex(IBAN)),
 *   example: 'DE02120300000000202051',
 * })
 */
export function defineScalar(declaration: ScalarDeclaration): ScalarDeclaration {
  return declaration
}
