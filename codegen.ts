import type { CodegenConfig } from '@graphql-codegen/cli'

/** Typed documents of the GraphQL operations in the tests, for generated/graphql/. A front-end can start from this file. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/**/*.ts', 'test/**/*.graphql'],
  // Before anybody has written an operation there is none to generate.
  ignoreNoDocuments: true,
  generates: {
    'generated/graphql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // An operation is sent as it is written; a client that only sends it needs no parser.
        documentMode: 'string',
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        useTypeImports: true,
        enumType: 'string-literal',
        strictScalars: true,
        scalars: {
          ID: 'string',
          DateTime: 'string',
          Date: 'string',
          Decimal: 'string',
          CurrencyCode: 'string',
          JSON: 'unknown',
        },
      },
    },
  },
}

export default config
