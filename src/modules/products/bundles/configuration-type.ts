import type { OperationOutputType } from '../../../platform/declare/rules/operation-output.ts'

const rule = {
  name: 'ConfigurationRule',
  description: 'Rule of a bundle that decides about a product, or that a configuration violates.',
  values: {
    CHOICE: 'The customer chose the product, or left it out.',
    REQUIRED: 'The option is required.',
    REQUIRES: 'A product requires another one.',
    DEFAULT: 'The option is a default.',
    EXCLUDES: "Two products can't be combined.",
    NOT_AN_OPTION: 'The product is no option of the bundle.',
    NOT_FOR_SALE: 'The product is not active.',
    CHOSEN_TWICE: 'The choices name the product twice.',
    GROUP_MINIMUM: 'Too few options of a group.',
    GROUP_MAXIMUM: 'Too many options of a group.',
    QUANTITY_MINIMUM: 'The quantity is too small.',
    QUANTITY_MAXIMUM: 'The quantity is too great.',
  },
}

const line: OperationOutputType = {
  name: 'ConfigurationLine',
  description: 'A part of a configured bundle.',
  fields: {
    product: { description: 'The product that is the part.', type: 'Product', isNullable: true },
    quantity: { description: 'Quantity in one bundle.', type: 'Decimal' },
    rule: { description: 'Why it is a part: `CHOICE`, `REQUIRED`, `REQUIRES` or `DEFAULT`.', type: rule },
  },
}

const decision: OperationOutputType = {
  name: 'ConfigurationDecision',
  description: 'Why a product is a part of the configuration, or not.',
  fields: {
    rule: { description: 'The rule that decided.', type: rule },
    product: { description: 'The product that the rule decided about.', type: 'Product', isNullable: true },
    isChosen: { description: 'Whether the product is a part.', type: 'Boolean' },
    other: {
      description: 'The product by which the rule applies: the one that requires, excludes or was left out.',
      type: 'Product',
      isNullable: true,
    },
    description: { description: 'The decision as an English sentence.', type: 'String' },
  },
}

const violation: OperationOutputType = {
  name: 'ConfigurationViolation',
  description: 'A rule of the bundle that the configuration violates.',
  fields: {
    rule: { description: 'The rule that is violated.', type: rule },
    product: { description: 'The product; null for a rule about a group.', type: 'Product', isNullable: true },
    other: { description: 'The product that is required or excluded.', type: 'Product', isNullable: true },
    group: { description: 'Name of the option group.', type: 'String', isNullable: true },
    message: { description: 'What is wrong and what to do, as an English sentence.', type: 'String' },
  },
}

/** The GraphQL type that the query `configureProduct` returns. */
export const configurationAnswer: OperationOutputType = {
  name: 'ProductConfiguration',
  description: 'A bundle with the choices of a customer, completed and validated.',
  fields: {
    isValid: { description: 'Whether there are no violations.', type: 'Boolean' },
    lines: { description: 'The parts, in the order of the options.', type: line, isList: true },
    decisions: { description: 'How the parts were decided on, in order.', type: decision, isList: true },
    violations: { description: 'What is wrong.', type: violation, isList: true },
  },
}
