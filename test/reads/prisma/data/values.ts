import type { Random } from '../../../../src/demo/random.ts'
import type { Column, Models } from '../../../../src/platform/data/models/models.ts'

export const PAST = '2020-02-29T23:59:59.999Z'
export const FUTURE = '2099-01-01T00:00:00.000Z'

const TEXTS = ['Alpha', 'alpha', 'beta', 'Gamma 50%', 'delta_1', 'Ökonomie', '']
const CODES: Readonly<Record<number, readonly string[]>> = { 2: ['DE', 'FR', 'US'], 3: ['EUR', 'USD', 'GBP'] }
const INSTANTS = ['2019-12-31T23:00:00.000Z', PAST, '2024-05-01T12:00:00.000Z', '2024-05-01T12:00:00.001Z', FUTURE]
const BEGINNINGS = ['2001-01-01', '2020-02-29', '2021-06-30']
const ENDS = ['2021-06-30', '2024-12-31', '2099-01-01']
/** Text columns of which the database refuses equal values or capitals, such as e-mail addresses. */
const UNIQUE = /^(name|number|code|email|address|domain|reference|sourceId|slug)$/

/** Returns a value of a column, of the kind that its type allows; null for a part of the rows where it may be null. */
export function columnValue(random: Random, { enums }: Models, column: Column, index: number): unknown {
  const { type, isRequired, isList, name, enumName } = column
  if (!isRequired && !isList && random.chance(0.25)) return null
  if (isList) return type === 'uuid' ? [] : random.shuffled(TEXTS).slice(0, random.int(0, 3))
  switch (type) {
    case 'text':
      if (UNIQUE.test(name)) return `${random.pick(['a', 'b', 'c'])}${index}.example`
      return random.pick(CODES[column.maxLength ?? 0] ?? TEXTS)
    case 'int':
    case 'bigint':
      return random.pick([0, 1, 2, 3, 100, 1_000_000])
    case 'decimal':
      return random.pick(['0.0100', '9.9900', '10.0000', '1234567890123456.7891'])
    case 'boolean':
      return random.chance(0.5)
    case 'timestamp':
      return random.pick(INSTANTS)
    case 'date':
      return random.pick(/^(ended|closed|deceased)/.test(name) ? ENDS : BEGINNINGS)
    case 'json':
      return random.pick([{}, { a: 1 }, { a: [1, 'x', null] }, []])
    case 'enum':
      return random.pick(enums.get(enumName ?? '')?.values ?? []).name
    case 'uuid':
      return null
    case 'bytes':
      return '\\x0102ff'
    default:
      throw new Error(`The fixture has no values for ${name} of type ${type}.`)
  }
}
