import { GraphQLError, type Source } from 'graphql'

const STRING = /"""(?:[^"\\]|\\"""|\\|"(?!""))*"""|"(?:[^"\\]|\\.)*"/
const NAME = /[_A-Za-z][_0-9A-Za-z]*/g
const STRING_OR_NAME = new RegExp(`${STRING.source}|${NAME.source}`, 'g')
const HIDDEN = '…'

/** Capitalised words in messages of the GraphQL library that are not names of the schema. */
const PLAIN_WORDS: ReadonlySet<string> = new Set([
  ...['A', 'An', 'Anonymous', 'Argument', 'Cannot', 'Directive', 'Enum', 'Exactly', 'Expected', 'Field', 'Fields'],
  ...['Fragment', 'GraphQL', 'Input', 'ISO', 'Object', 'OneOf', 'Subscription', 'Syntax', 'The', 'There', 'This'],
  ...['Too', 'Unknown', 'Value', 'Variable'],
])

/**
 * Returns an error about a document or variable without the names of the schema that the client has not used: no
 * suggestions, and no names of types, arguments and required fields.
 */
export function withoutHints(error: GraphQLError, source: Source | undefined = error.source): GraphQLError {
  const { nodes, source: errorSource, positions, extensions } = error
  return new GraphQLError(hideNames(error.message, source), {
    ...(nodes ? { nodes } : {}),
    ...(errorSource ? { source: errorSource } : {}),
    ...(positions ? { positions } : {}),
    extensions,
  })
}

/**
 * Returns a message in which each name that the client has not used is replaced by `…`. Lower-case words outside quotes
 * are English words of the library and are kept.
 */
function hideNames(message: string, source: Source | undefined): string {
  const documentNames = namesIn(source)
  const text = message.replace(/ Did you mean .*$/s, '')
  // The text before the first semicolon repeats the value of the variable that the client sent.
  const variableNames = text.startsWith('Variable "$') ? new Set((text.split('; ', 1)[0] ?? '').match(NAME)) : null
  const isUsed = (name: string) => documentNames.has(name) || variableNames?.has(name) === true
  return text.replace(STRING_OR_NAME, (match) => {
    if (match.startsWith('"')) return (match.match(NAME) ?? []).every(isUsed) ? match : `"${HIDDEN}"`
    return PLAIN_WORDS.has(match) || isUsed(match) || match === match.toLowerCase() ? match : HIDDEN
  })
}

const namesBySource = new WeakMap<Source, ReadonlySet<string>>()

function namesIn(source: Source | undefined): ReadonlySet<string> {
  if (!source) return new Set()
  const names = namesBySource.get(source) ?? new Set(source.body.match(NAME))
  namesBySource.set(source, names)
  return names
}
