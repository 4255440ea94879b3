import type { OperationOutputType } from '../../platform/declare/rules/operation.ts'

const step: OperationOutputType = {
  name: 'AccessStep',
  description: 'One of the facts that decide whether an actor may do an action on a record.',
  fields: {
    kind: {
      description: 'Kind of the step.',
      type: {
        name: 'AccessStepKind',
        description:
          'Kinds of steps: grants of roles, of which one that covers the record is enough, and restrictions, which all have to permit the action.',
        values: {
          EVERY_RECORD: 'A role grants it for every record of the object.',
          OWNER: 'A role grants it for records that the actor owns, or created when they have no owner.',
          TEAM: "A role grants it for records of the actor's teams, and for records that members of these teams own.",
          HIERARCHY: "A role grants it for records that users own whose roles are below the actor's roles.",
          SHARING_RULE: 'A sharing rule shares the records that match its filter.',
          RECORD_GRANT: 'The record is shared with the actor by a record grant.',
          SCOPES: 'Restriction: the scopes of an API key have to cover the record too.',
          ACCESS_RULE: 'Restriction: the access rule of a plugin has to permit it.',
          SUSPENDED: 'The user is suspended, or the API key is revoked.',
          NO_PERMISSION: 'The actor does not have the permission for any record of the object.',
        },
      },
    },
    role: {
      description: 'Name of the role that grants it; null for a restriction.',
      type: 'String',
      isNullable: true,
    },
    permission: {
      description:
        'Permissions of the role or the API key that the step is about, separated by spaces; for NO_PERMISSION the missing permission. Permissions of a role with the same scope are one step.',
      type: 'String',
      isNullable: true,
    },
    rule: { description: 'Name of the sharing rule or access rule.', type: 'String', isNullable: true },
    isMet: {
      description: 'Whether the grant covers the record or, for a restriction, permits the action.',
      type: 'Boolean',
    },
    explanation: { description: 'The step as a sentence.', type: 'String' },
  },
}

/** Type of `whyAccess`. */
export const accessExplanation: OperationOutputType = {
  name: 'AccessExplanation',
  description: 'What an actor may do with a record, and why.',
  fields: {
    actor: { description: 'The user or API key.', type: 'Actor', isNullable: true },
    actions: {
      description: 'All actions on records of this object.',
      isList: true,
      type: {
        name: 'ActionAccess',
        description: 'Whether the actor may do an action on the record, and all steps that decide it.',
        fields: {
          action: { description: 'The action, as permissions name it, such as `read`.', type: 'String' },
          isAllowed: { description: 'Whether the actor may do it.', type: 'Boolean' },
          steps: {
            description: 'The steps that decide it: first the grants of roles, then the restrictions.',
            type: step,
            isList: true,
          },
        },
      },
    },
    fields: {
      description: 'All fields of the record.',
      isList: true,
      type: {
        name: 'FieldAccess',
        description: 'Whether the actor may read and write a field of the record.',
        fields: {
          field: { description: 'Name of the field.', type: 'String' },
          isReadable: {
            description: 'Whether the actor may read it; false for all fields of a record that they may not read.',
            type: 'Boolean',
          },
          isWritable: {
            description:
              'Whether the permissions of the actor let them change it on records on which they may do `update`.',
            type: 'Boolean',
          },
        },
      },
    },
  },
}
