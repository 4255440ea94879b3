import type { OperationOutputType } from '../../platform/declare/rules/operation.ts'

const step: OperationOutputType = {
  name: 'AccessStep',
  description: 'One thing that decides whether somebody reaches a record.',
  fields: {
    kind: {
      description: 'What it is.',
      type: {
        name: 'AccessStepKind',
        description: 'Ways to a record, any of which is enough, and what stands against all of them.',
        values: {
          EVERY_RECORD: 'A role reaches every record of the object.',
          OWNER: 'A role reaches what the user owns, or made where nobody owns it.',
          TEAM: "A role reaches what the user's teams have, or their members own.",
          HIERARCHY: "A role reaches what those own whose roles lie below the user's.",
          SHARING_RULE: 'A sharing rule shares the records that meet its filter.',
          RECORD_GRANT: 'The record was shared by hand.',
          SCOPES: 'The scopes of an API key have to reach the record too.',
          ACCESS_RULE: 'The access rule of a plugin has to let it be.',
          SUSPENDED: 'The user is suspended.',
          NO_PERMISSION: 'No role grants the action on the object at all.',
        },
      },
    },
    role: {
      description: 'Role that grants it; null for what stands against all ways.',
      type: 'String',
      isNullable: true,
    },
    permission: {
      description: 'Permissions, as the role or the key says them, by spaces: those of one scope are one step.',
      type: 'String',
      isNullable: true,
    },
    rule: { description: 'Name of the sharing rule or access rule.', type: 'String', isNullable: true },
    isMet: { description: 'Whether it speaks for the user.', type: 'Boolean' },
    explanation: { description: 'The same as a sentence.', type: 'String' },
  },
}

/** What `whyAccess` answers. */
export const accessExplanation: OperationOutputType = {
  name: 'AccessExplanation',
  description: 'Why somebody may or may not do what to a record.',
  fields: {
    actor: { description: 'The user or API key.', type: 'Actor', isNullable: true },
    actions: {
      description: 'Each action that can be done to the record.',
      isList: true,
      type: {
        name: 'ActionAccess',
        description: 'Whether somebody may do something to a record, and every step to that answer.',
        fields: {
          action: { description: 'Action as permissions name it, such as `read`.', type: 'String' },
          isAllowed: { description: 'Whether they may.', type: 'Boolean' },
          steps: {
            description: 'What decides it: the ways first, then what stands against them.',
            type: step,
            isList: true,
          },
        },
      },
    },
    fields: {
      description: 'Each field of the record.',
      isList: true,
      type: {
        name: 'FieldAccess',
        description: 'Whether somebody may read and write a field of an object.',
        fields: {
          field: { description: 'Name of the field.', type: 'String' },
          isReadable: {
            description: 'Whether they may read it: no field of a record that they may not see.',
            type: 'Boolean',
          },
          isWritable: {
            description: 'Whether permissions of theirs let them change it, in the records where they may `update`.',
            type: 'Boolean',
          },
        },
      },
    },
  },
}
