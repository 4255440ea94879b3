import { PasswordError } from '../identity-errors.ts'

/** NIST SP 800-63B-4 asks for 15 characters where a password is the only factor. */
export const MIN_PASSWORD_LENGTH = 15
/** Longer ones prove no more, and would cost the server work. */
export const MAX_PASSWORD_LENGTH = 200

/** Whose password it is to be: nobody guesses first what has nothing to do with them. */
export interface PasswordOwner {
  readonly email: string | null
  readonly displayName: string
  /** Slug and name of the workspace. */
  readonly workspace: readonly string[]
}

/**
 * The password in the form that is hashed: what looks alike is alike, whichever keyboard typed it (NFKC). Null for one that
 * is too long to be anybody's.
 */
export function normalizedPassword(password: string): string | null {
  // A character counts as one, also an emoji of two code units.
  return password.length > 2 * MAX_PASSWORD_LENGTH || lengthOf(password) > MAX_PASSWORD_LENGTH
    ? null
    : password.normalize('NFKC')
}

/**
 * Answers the normalized password when it may become one. Throws PasswordError for one that is too short, too long, or easy
 * to guess: a common one, the e-mail or a name, a sequence, a repetition, or little more than these.
 */
export async function requireGoodPassword(password: string, owner: PasswordOwner): Promise<string> {
  const normalized = normalizedPassword(password)
  if (normalized === null)
    throw new PasswordError('PASSWORD_TOO_LONG', `A password has ${MAX_PASSWORD_LENGTH} characters at most.`)
  if (lengthOf(password) < MIN_PASSWORD_LENGTH) {
    throw new PasswordError(
      'PASSWORD_TOO_SHORT',
      `A password has ${MIN_PASSWORD_LENGTH} characters at least. A few words that don't belong together are a good one.`,
    )
  }
  if (await isGuessable(normalized, owner)) {
    throw new PasswordError(
      'PASSWORD_GUESSABLE',
      "This password is easy to guess: it is common, repeats itself, or is made of your name. A few words that don't belong together are better.",
    )
  }
  return normalized
}

function lengthOf(text: string): number {
  return [...text].length
}

// The estimate takes longer for longer texts, and what is hard to guess by its beginning is not easier as a whole.
const ESTIMATED_LENGTH = 64
/** Of 0 to 4: a hundred million guesses or more. */
const GOOD_SCORE = 3
/** Letters and digits that a password has beside the names that everybody would try. */
const MIN_OWN_LENGTH = 8

let estimator: Promise<(password: string) => number> | null = null

async function isGuessable(password: string, owner: PasswordOwner): Promise<boolean> {
  if (withoutNames(password, owner).length < MIN_OWN_LENGTH) return true
  estimator ??= openEstimator()
  const estimate = await estimator
  return estimate(password.slice(0, ESTIMATED_LENGTH)) < GOOD_SCORE
}

/** The letters and digits that are left of a password when the names that belong to its owner are taken out. */
function withoutNames(password: string, { email, displayName, workspace }: PasswordOwner): string {
  const texts = [email ?? '', displayName, ...workspace].map((text) => text.toLowerCase())
  const names = texts.flatMap((text) => [text, ...text.split(NO_WORD)]).filter((name) => name.length > 2)
  // The longest first: what is left of an e-mail without its name is nobody's own either.
  const left = names
    .sort((one, other) => other.length - one.length)
    .reduce((text, name) => text.replaceAll(name, ' '), password.toLowerCase())
  return left.split(NO_WORD).join('')
}

const NO_WORD = /[^\p{L}\p{N}]+/u

/** The lists take some 50 MB: a server that sets no password does without. */
async function openEstimator(): Promise<(password: string) => number> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  return (password) => zxcvbn.check(password).score
}
