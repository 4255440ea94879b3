import type {
  OperationEnum,
  OperationOutputType,
  OperationPayloadField,
} from '../../platform/declare/rules/operation-output.ts'
import { jobType } from './job-type.ts'

const status: OperationEnum = {
  name: 'PluginStatus',
  description: 'State of a plugin in a workspace.',
  values: {
    ENABLED: 'The plugin is in use: its types are in the schema and its rules run.',
    DISABLED: 'The workspace has not enabled the plugin.',
    QUARANTINED: 'The plugin failed too often in this workspace. It is not used until `enablePlugin` enables it again.',
    UNAVAILABLE:
      "The workspace has enabled the plugin, but the server can't use it, or a plugin on which it depends is not in use.",
  },
}

const rule: OperationOutputType = {
  name: 'PluginRule',
  description: 'A rule of a plugin: code that may refuse or change writes, or that runs after them.',
  fields: {
    name: { type: 'String', description: 'Name of the rule, such as `nonprofit.notCalled`.' },
    description: { type: 'String', description: 'What the rule requires or keeps consistent.' },
    target: { type: 'String', description: 'Object or mutation that the rule is on, such as `Contact`.' },
    on: {
      type: 'String',
      isList: true,
      description:
        'What the rule runs for: kinds of writes (such as `create`), business acts (such as `completeTask`), or the mutation in `target`.',
    },
    position: {
      type: 'Int',
      description: 'Position in the order in which the rules of core and of all plugins run, from 1.',
    },
    isEnabled: {
      type: 'Boolean',
      description: 'Whether the rule is enabled in this workspace. False while its plugin is disabled.',
    },
    isIntegral: {
      type: 'Boolean',
      description: "Whether the rule can't be disabled, because the data would become inconsistent without it.",
    },
    runCount: { type: 'Int', description: 'How often the rule has run in this server process.' },
    failureCount: {
      type: 'Int',
      description: 'How often the rule threw an error or exceeded its time limit in this server process.',
    },
    averageMicroseconds: {
      type: 'Int',
      isNullable: true,
      description: 'Average duration of a run in this server process; null when the rule has not run.',
    },
    maxMicroseconds: {
      type: 'Int',
      isNullable: true,
      description: 'Duration of the slowest run in this server process; null when the rule has not run.',
    },
  },
}

const handler: OperationOutputType = {
  name: 'PluginHandler',
  description: 'Code of a plugin that runs for each committed change.',
  fields: {
    name: { type: 'String', description: 'Name of the handler.' },
    description: { type: 'String', description: 'What the handler does.' },
    attempts: {
      type: 'Int',
      description:
        'How often the handler has failed on the change that it has to process next; 0 when it has not failed on this change.',
    },
    retryAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'When the handler runs again for the change on which it failed; null when `attempts` is 0.',
    },
    lastError: {
      type: 'String',
      isNullable: true,
      description: 'Error of the last failure; null when the handler never failed, or has succeeded since then.',
    },
    deadLetterCount: {
      type: 'Int',
      description: 'Number of changes that were skipped after too many failures (dead letters).',
    },
  },
}

const secret: OperationOutputType = {
  name: 'PluginSecret',
  description: 'A secret of a plugin. It can be set, but its value is never returned.',
  fields: {
    name: { type: 'String', description: 'Name of the secret.' },
    description: { type: 'String', description: 'What the secret is for.' },
    isSet: { type: 'Boolean', description: 'Whether the secret is set in this workspace.' },
  },
}

/** The GraphQL type `Plugin`. */
export const pluginType: OperationOutputType = {
  name: 'Plugin',
  description: 'A plugin of the installation, with its state in this workspace.',
  fields: {
    id: { type: 'ID', description: 'Id of the plugin, such as `nonprofit`.' },
    description: { type: 'String', description: 'What the plugin adds.' },
    version: {
      type: 'String',
      isNullable: true,
      description: "Version of the plugin that the server runs; null for a plugin that the server can't use.",
    },
    isEnabled: {
      type: 'Boolean',
      description: 'Whether the plugin is in use in this workspace: its status is ENABLED.',
    },
    status: { type: status, description: 'State of the plugin in this workspace.' },
    reason: {
      type: 'String',
      isNullable: true,
      description: 'Why the plugin is in quarantine or unavailable; null otherwise.',
    },
    depends: {
      type: 'String',
      isList: true,
      description: 'Ids of the plugins on which this plugin depends. These plugins have to be enabled first.',
    },
    permissions: {
      type: 'String',
      isList: true,
      description: 'Permissions that the plugin declares. Its code never has more permissions than these.',
    },
    reads: {
      type: 'String',
      isList: true,
      description: "Tables of core and of other plugins that the plugin's own SQL reads.",
    },
    settings: { type: 'JSON', description: 'Settings of the plugin in this workspace, including defaults.' },
    settingsSchema: {
      type: 'JSON',
      isNullable: true,
      description: 'JSON Schema of the settings; null for a plugin without settings.',
    },
    secrets: { type: secret, isList: true, description: 'Secrets that the plugin declares.' },
    rules: { type: rule, isList: true, description: 'Rules of the plugin, in the order in which they run.' },
    handlers: { type: handler, isList: true, description: 'Handlers of the plugin.' },
    jobs: { type: jobType, isList: true, description: 'Background jobs of the plugin.' },
  },
}

/** Payload of the mutations that change the state or the settings of a plugin. */
export const pluginPayload: Readonly<Record<string, OperationPayloadField>> = {
  plugin: { type: pluginType, isNullable: true, description: 'The plugin; null when there are errors.' },
}
