import type {
  OperationEnum,
  OperationOutputType,
  OperationPayloadField,
} from '../../platform/declare/rules/operation.ts'

const status: OperationEnum = {
  name: 'PluginStatus',
  description: 'What a workspace has of a plugin.',
  values: {
    ENABLED: 'Its types are in the schema and its rules run.',
    DISABLED: 'The installation has it; the workspace does without it.',
    QUARANTINED: 'It failed too often in this workspace and is out of use until it is enabled again.',
    UNAVAILABLE: 'The workspace has enabled it, but the server can not use it.',
  },
}

const rule: OperationOutputType = {
  name: 'PluginRule',
  description: 'A rule of a plugin, in the order in which the rules run.',
  fields: {
    name: { type: 'String', description: 'Its name, such as `nonprofit.deceasedNotCalled`.' },
    description: { type: 'String', description: 'What it demands or keeps in step.' },
    target: { type: 'String', description: 'Object or mutation it is on, such as `Contact`.' },
    on: { type: 'String', isList: true, description: 'Kinds of writes or mutations, such as `create`.' },
    position: { type: 'Int', description: 'Place in the order of all rules.' },
    isEnabled: { type: 'Boolean', description: 'Whether it runs in this workspace.' },
    isIntegral: { type: 'Boolean', description: 'Whether it can not be switched off.' },
    runCount: { type: 'Int', description: 'How often it ran in this process of the server.' },
    failureCount: { type: 'Int', description: 'How often it threw or took too long there.' },
    averageMicroseconds: { type: 'Int', isNullable: true, description: 'Time that a run takes on average.' },
    maxMicroseconds: { type: 'Int', isNullable: true, description: 'Time that the slowest run took.' },
  },
}

const handler: OperationOutputType = {
  name: 'PluginHandler',
  description: 'What a plugin does about committed changes.',
  fields: {
    name: { type: 'String', description: 'Its name.' },
    description: { type: 'String', description: 'What it does.' },
    attempts: { type: 'Int', description: 'Failures in a row on the change that comes next.' },
    retryAt: { type: 'DateTime', isNullable: true, description: 'When that change is tried again.' },
    lastError: { type: 'String', isNullable: true, description: 'Why it failed last.' },
    deadLetterCount: { type: 'Int', description: 'Changes that were set aside after too many failures.' },
  },
}

const job: OperationOutputType = {
  name: 'PluginJob',
  description: 'Work of a plugin in the background.',
  fields: {
    name: { type: 'String', description: 'Its name.' },
    description: { type: 'String', description: 'What it does.' },
    schedule: { type: 'String', isNullable: true, description: 'When it runs by itself, as cron in UTC.' },
  },
}

const secret: OperationOutputType = {
  name: 'PluginSecret',
  description: 'A secret of a plugin: it can be set, and is never answered.',
  fields: {
    name: { type: 'String', description: 'Its name.' },
    description: { type: 'String', description: 'What it is for.' },
    isSet: { type: 'Boolean', description: 'Whether it is set.' },
  },
}

/** The GraphQL type `Plugin`. */
export const pluginType: OperationOutputType = {
  name: 'Plugin',
  description: 'A plugin of the installation, and what the workspace does with it.',
  fields: {
    id: { type: 'ID', description: 'Its id, such as `nonprofit`.' },
    description: { type: 'String', description: 'What it adds.' },
    version: {
      type: 'String',
      isNullable: true,
      description: 'Version that the server runs; null for one that it can not load.',
    },
    isEnabled: { type: 'Boolean', description: 'Whether the workspace uses it.' },
    status: { type: status, description: 'What the workspace has of it.' },
    reason: { type: 'String', isNullable: true, description: 'Why it is in quarantine or unavailable.' },
    depends: { type: 'String', isList: true, description: 'Ids of the plugins that it builds on.' },
    permissions: { type: 'String', isList: true, description: 'What its code may do at most.' },
    reads: { type: 'String', isList: true, description: 'Tables of others that its own SQL reads.' },
    settings: { type: 'JSON', description: 'Its settings in this workspace, with their defaults.' },
    settingsSchema: {
      type: 'JSON',
      isNullable: true,
      description: 'JSON Schema of the settings; null when it has none.',
    },
    secrets: { type: secret, isList: true, description: 'Its secrets in this workspace.' },
    rules: { type: rule, isList: true, description: 'Its rules.' },
    handlers: { type: handler, isList: true, description: 'What it does about committed changes.' },
    jobs: { type: job, isList: true, description: 'Its work in the background.' },
  },
}

/** Payload of what changes something about a plugin. */
export const pluginPayload: Readonly<Record<string, OperationPayloadField>> = {
  plugin: { type: pluginType, isNullable: true, description: 'The plugin; null where there are errors.' },
}
