import type { PluginSchemaBuilder, SchemaObjects } from '../../../platform/declare/schema-builder.ts'
import { differences, type VersionDifference } from './diff.ts'

/** Adds the field `Quote.diff`. */
export function addDiffField(builder: PluginSchemaBuilder, { Quote }: SchemaObjects): void {
  const Difference = builder.objectRef<VersionDifference>('QuoteDifference').implement({
    description: 'A value that differs between two versions of a quote.',
    fields: (t) => ({
      path: t.stringList({
        description: 'Place of the value in the content: names of fields, and places in lists from 0.',
        resolve: ({ path }) => [...path],
      }),
      from: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The value in the first version; null when it is not there.',
        resolve: ({ from }) => from,
      }),
      to: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The value in the second version; null when it is not there.',
        resolve: ({ to }) => to,
      }),
    }),
  })
  builder.prismaObjectField(Quote, 'diff', (t) =>
    t.field({
      type: [Difference],
      nullable: true,
      description:
        'What differs between the contents of two versions, in the order of the content. Null when the quote does not have both versions.',
      args: {
        from: t.arg.int({ required: true, description: 'Number of the first version.' }),
        to: t.arg.int({ required: true, description: 'Number of the second version.' }),
      },
      select: ({ from, to }) => ({
        QuoteVersion_quote: { select: { number: true, content: true }, where: { number: { in: [from, to] } }, take: 2 },
      }),
      resolve({ QuoteVersion_quote: versions }, { from, to }) {
        const [first, second] = [contentOf(versions, from), contentOf(versions, to)]
        return first && second ? differences(first, second) : null
      },
    }),
  )
}

function contentOf(
  versions: readonly { readonly number: number; readonly content: unknown }[],
  number: number,
): object | null {
  const content = versions.find((version) => version.number === number)?.content
  return typeof content === 'object' ? content : null
}
