import { GraphQLError, type Source } from 'graphql'

const STRING = /"""(?:[^"\\]|\\"""|\\|"(?!""))*"""|"(?:[^"\\]|\\.)*"/
const NAME = /[_A-Za-z][_0-9A-Za-z]*/g
const STRING_OR_NAME = new RegExp(`${STRING.source}|${NAME.source}`, 'g')
const HIDDEN = '…'

/** Words that sentences of the GraphQL library begin with, or that are not in small letters for another reason. */
const PLAIN_WORDS: ReadonlySet<string> = new Set([
  ...['A', 'An', 'Anonymous', 'Argument', 'Cannot', 'Directive', 'Enum', 'Exactly', 'Expected', 'Field', 'Fields'],
  ...['Fragment', 'GraphQL', 'Input', 'ISO', 'Object', 'OneOf', 'Subscription', 'Syntax', 'The', 'There', 'This'],
  ...['Too', 'Unknown', 'Value', 'Variable'],
])

/**
 * What is wrong with a document or variable, without any word of the schema that the client has not used itself: neither
 * suggestions nor the names of types, arguments and required fields.
 */
export function withoutHints(error: GraphQLError, source: Source | undefined = error.source): GraphQLError {
  const { nodes, source: own, positions, extensions } = error
  return new GraphQLError(hidden(error.message, source), {
    ...(nodes ? { nodes } : {}),
    ...(own ? { source: own } : {}),
    ...(positions ? { positions } : {}),
    extensions,
  })
}

/** Small words outside quotes are the library's English. */
function hidden(message: string, source: Source | undefined): string {
  const own = wordsOf(source)
  const text = message.replace(/ Did you mean .*$/s, '')
  // What stands before the first semicolon repeats the variable that was sent.
  const sent = text.startsWith('Variable "$') ? new Set((text.split('; ', 1)[0] ?? '').match(NAME)) : null
  const isOwn = (word: string) => own.has(word) || sent?.has(word) === true
  return text.replace(STRING_OR_NAME, (part) => {
    if (part.startsWith('"')) return (part.match(NAME) ?? []).every(isOwn) ? part : `"${HIDDEN}"`
    return PLAIN_WORDS.has(part) || isOwn(part) || part === part.toLowerCase() ? part : HIDDEN
  })
}

const known = new WeakMap<Source, ReadonlySet<string>>()

function wordsOf(source: Source | undefined): ReadonlySet<string> {
  if (!source) return new Set()
  const words = known.get(source) ?? new Set(source.body.match(NAME))
  known.set(source, words)
  return words
}
