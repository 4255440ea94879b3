import { badUserInput } from '../../errors.ts'
import { FILTER_OPERATORS } from './operators.ts'
import { TO_MANY_OPERATORS, TO_ONE_OPERATORS } from './relation-operators.ts'

/**
 * Names of the operators for which `null` has a meaning: `{ owner: { is: null } }` matches records without an owner.
 */
export const NULL_OPERATORS: ReadonlySet<string> = new Set(
  [FILTER_OPERATORS, TO_ONE_OPERATORS, TO_MANY_OPERATORS].flatMap((operators) =>
    Object.entries(operators).flatMap(([name, { acceptsNull }]) => (acceptsNull ? [name] : [])),
  ),
)

/**
 * Returns the operator with this name. `null` is refused when it has no meaning for the operator, because some clients
 * send `null` for a variable that is not set. If such a condition were left out instead, the filter would match more
 * records.
 * @throws GraphQLError BAD_USER_INPUT when there is no such operator, or when the operand is null and the operator does
 * not accept null.
 */
export function operatorNamed<Operator extends { readonly acceptsNull: boolean }>(
  operators: Readonly<Record<string, Operator>>,
  name: string,
  operand: unknown,
): Operator {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (!operator) throw badUserInput(`There is no filter operator ${name}.`)
  if (operand !== null || operator.acceptsNull) return operator
  const alternative = 'isNull' in operators && name !== 'isNull' ? ', or use isNull' : ''
  throw badUserInput(`Operator ${name} takes no null; leave it out${alternative}.`)
}

/** Returns the fields of an input object; an empty list for a value that is not an object. */
export function entriesOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === 'object' ? Object.entries(value) : []
}
