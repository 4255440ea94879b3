import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../../platform/declare/query.ts'
import { compareDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import { configurationAnswer } from './configuration-type.ts'
import { configure } from './configure.ts'
import { decisionText, violationText } from './explain-configuration.ts'
import { findBundle } from './find-bundle.ts'

const MAX_CHOICES = 200

export const configureProduct = defineQuery({
  name: 'configureProduct',
  description:
    'Validates the choices of a customer for a bundle, completes them, and explains each decision and each violation. Added are required options, what the parts require of each other, and defaults: those of groups of which nothing was chosen, and those without a group. Nothing is added that the customer left out, that a part excludes, or for which its group has no place. The choices themselves are never changed. Nothing is stored. Null when the product does not exist or is no bundle.',
  permission: 'product.options:read',
  args: {
    productId: { type: 'ID', isRequired: true, description: 'The bundle.' },
    choices: {
      type: {
        name: 'ProductChoiceInput',
        description: 'A product that the customer chooses as a part of a bundle, or leaves out.',
        fields: {
          productId: { type: 'ID', isRequired: true, description: 'The product.' },
          quantity: {
            type: 'Decimal',
            description: 'Quantity in one bundle. Default: that of the option. 0 leaves the product out.',
          },
        },
      },
      isList: true,
      description: `What the customer chooses, at most ${MAX_CHOICES} products. Default: nothing.`,
    },
  },
  answer: { type: configurationAnswer },
  async run(args, context) {
    const choices = args.choices ?? []
    context.requireRead(READ_FIELDS, 'configureProduct')
    if (choices.length > MAX_CHOICES) throw badArgument(`At most ${MAX_CHOICES} choices.`)
    const negative = choices.findIndex(({ quantity }) => quantity && compareDecimals(quantity, '0') < 0)
    if (negative >= 0) throw badArgument(`\`choices.${negative}.quantity\` must not be negative.`)
    const found = await findBundle(context, context.uuidOf('Product', args.productId))
    if (!found?.isBundle) return null
    const { lines, decisions, violations } = configure(
      found.bundle,
      choices.map(({ productId: id, quantity }) => ({
        product: context.uuidOf('Product', id),
        quantity: quantity ?? null,
      })),
    )
    const nameOf = (product: string) => found.names.get(product) ?? 'A product'
    const reasons = new Map(decisions.flatMap((each) => (each.isChosen ? [[each.product, each.rule]] : [])))
    return {
      isValid: violations.length === 0,
      lines: lines.map(({ product, quantity }) => ({
        product,
        quantity: sumDecimals([quantity]),
        rule: reasons.get(product),
      })),
      decisions: decisions.map((each) => ({ ...each, description: decisionText(each, nameOf) })),
      violations: violations.map((each) => ({ ...each, message: violationText(each, nameOf) })),
    }
  },
})

/** What a configuration tells of. */
const READ_FIELDS = [['Product', 'name', 'kind', 'isActive', 'options', 'optionGroups', 'constraints']] as const
