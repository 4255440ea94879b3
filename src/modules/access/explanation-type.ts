import type { OperationOutputType } from '../../platform/declare/rules/operation-output.ts'

const step: OperationOutputType = {
  name: 'AccessStep',
  description: 'One of the facts that decide whether an actor may do an action on a record: a grant or a restriction.',
  fields: {
    kind: {
      description: 'What the step is about, and whether it is a grant or a restriction.',
      type: {
        name: 'AccessStepKind',
        description:
          'Kind of an access step. The action is allowed when at least one grant covers the record and every restriction permits the action. A grant comes from a role; a restriction does not.',
        values: {
          EVERY_RECORD: 'Grant: the role grants the action on every record of the object.',
          OWNER:
            'Grant: the role grants the action on records that the actor owns, and on records without an owner that the actor created.',
          TEAM: "Grant: the role grants the action on records of the actor's teams, and on records that members of these teams own.",
          HIERARCHY:
            "Grant: the role grants the action on records of users whose role is below one of the actor's roles.",
          SHARING_RULE:
            'Grant: the role grants the action on shared records, and a sharing rule shares the records that match its filter.',
          RECORD_GRANT: 'Grant: the role grants the action on shared records, and a record grant shares this record.',
          SCOPES: 'Restriction: the scopes of the API key have to grant the action on the record too.',
          ACCESS_RULE: 'Restriction: an access rule of a plugin has to permit the action.',
          SUSPENDED: 'Restriction that is never met: the user is suspended, or the API key is revoked.',
          NO_PERMISSION:
            'Restriction that is never met: the actor does not have the permission on any record of the object.',
        },
      },
    },
    role: {
      description: 'Name of the role that grants the action; null for a restriction.',
      type: 'String',
      isNullable: true,
    },
    permission: {
      description:
        'Permissions, separated by spaces. For a grant: the permissions of the role that grant the action with the scope of this step. For SCOPES: all scopes of the API key. For NO_PERMISSION: the missing permission. Null for other restrictions.',
      type: 'String',
      isNullable: true,
    },
    rule: {
      description: 'Name of the sharing rule for SHARING_RULE, and of the access rule for ACCESS_RULE; otherwise null.',
      type: 'String',
      isNullable: true,
    },
    isMet: {
      description: 'For a grant, whether it covers the record; for a restriction, whether it permits the action.',
      type: 'Boolean',
    },
    explanation: { description: 'The step as an English sentence, for an administrator to read.', type: 'String' },
  },
}

/** The GraphQL type that the query `whyAccess` returns. */
export const accessExplanation: OperationOutputType = {
  name: 'AccessExplanation',
  description: 'What an actor may do with a record, and why.',
  fields: {
    actor: {
      description: 'The user or API key whose access is explained; null when the caller may not read this actor.',
      type: 'Actor',
      isNullable: true,
    },
    actions: {
      description:
        'One entry for each action on a record of this object: `read`, `update`, `delete` and the actions of business acts (such as `completeTask`).',
      isList: true,
      type: {
        name: 'ActionAccess',
        description: 'Whether the actor may do an action on the record, and the steps that decide it.',
        fields: {
          action: { description: 'The action, as permissions name it, such as `read`.', type: 'String' },
          isAllowed: {
            description:
              'Whether the actor may do the action on the record. False for every action when the actor may not read the record.',
            type: 'Boolean',
          },
          steps: {
            description:
              'The steps that decide whether the action is allowed: first the grants of roles, then the restrictions.',
            type: step,
            isList: true,
          },
        },
      },
    },
    fields: {
      description: 'An entry for each field of the record: whether the actor may read and write it.',
      isList: true,
      type: {
        name: 'FieldAccess',
        description: 'Whether the actor may read and write a field of the record.',
        fields: {
          field: { description: 'Name of the field.', type: 'String' },
          isReadable: {
            description:
              'Whether the actor may read the field. False when the actor may not read the record, or when permissions with a scope let the actor read the field of some records only.',
            type: 'Boolean',
          },
          isWritable: {
            description:
              'Whether the actor has a permission to change the field of at least some records. The actor can change the field of this record only if the action `update` is allowed too.',
            type: 'Boolean',
          },
        },
      },
    },
  },
}
