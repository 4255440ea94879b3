import { PasswordError } from '../identity-errors.ts'

/** In characters. NIST SP 800-63B-4 requires 15 when a password is the only factor. */
export const MIN_PASSWORD_LENGTH = 15
/** In characters. A longer password adds no security and would cost the server work. */
export const MAX_PASSWORD_LENGTH = 200

/** The user whose password is set. An attacker tries passwords made of these names first. */
export interface PasswordOwner {
  readonly email: string | null
  readonly displayName: string
  /** Slug and name of the user's workspace. */
  readonly workspace: readonly string[]
}

/**
 * Returns the password in the form that is hashed: normalized by NFKC, so that characters which look alike are the same
 * on every keyboard. Returns null when the password is longer than `MAX_PASSWORD_LENGTH`: no user can have it.
 */
export function normalizedPassword(password: string): string | null {
  // The limit counts code points. `length` counts code units, of which a code point takes one or two. It is checked
  // first because it is cheap.
  return password.length > 2 * MAX_PASSWORD_LENGTH || lengthOf(password) > MAX_PASSWORD_LENGTH
    ? null
    : password.normalize('NFKC')
}

/**
 * Checks a new password and returns it normalized.
 * @throws PasswordError when it is too short, too long, or easy to guess: a common password, the e-mail or a name of
 *   its owner, a sequence, a repetition, or little more than these.
 */
export async function requireGoodPassword(password: string, owner: PasswordOwner): Promise<string> {
  const normalized = normalizedPassword(password)
  if (normalized === null)
    throw new PasswordError('PASSWORD_TOO_LONG', `A password has ${MAX_PASSWORD_LENGTH} characters at most.`)
  if (lengthOf(password) < MIN_PASSWORD_LENGTH) {
    throw new PasswordError(
      'PASSWORD_TOO_SHORT',
      `A password has ${MIN_PASSWORD_LENGTH} characters at least. A few words that don't belong together make a good password.`,
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

// Only this many characters are estimated: the estimate takes longer for a longer text, and a password whose beginning
// is hard to guess is hard to guess as a whole.
const ESTIMATED_LENGTH = 64
/** The lowest accepted score of zxcvbn (0 to 4): a hundred million guesses or more. */
const GOOD_SCORE = 3
/** Minimum number of letters and digits of a password that remain without the names of its owner and workspace. */
const MIN_LENGTH_WITHOUT_NAMES = 8

let estimator: Promise<(password: string) => number> | null = null

async function isGuessable(password: string, owner: PasswordOwner): Promise<boolean> {
  if (withoutNames(password, owner).length < MIN_LENGTH_WITHOUT_NAMES) return true
  estimator ??= openEstimator()
  const estimate = await estimator
  return estimate(password.slice(0, ESTIMATED_LENGTH)) < GOOD_SCORE
}

/** Returns the letters and digits of a password without the names of its owner and workspace. */
function withoutNames(password: string, { email, displayName, workspace }: PasswordOwner): string {
  const texts = [email ?? '', displayName, ...workspace].map((text) => text.toLowerCase())
  const names = texts.flatMap((text) => [text, ...text.split(NOT_ALPHANUMERIC)]).filter((name) => name.length > 2)
  // The longest names are removed first: if a short name that is part of a longer name were removed earlier, the rest
  // of the longer name would remain.
  const remaining = names
    .sort((one, other) => other.length - one.length)
    .reduce((text, name) => text.replaceAll(name, ' '), password.toLowerCase())
  return remaining.split(NOT_ALPHANUMERIC).join('')
}

const NOT_ALPHANUMERIC = /[^\p{L}\p{N}]+/u

/** Loads zxcvbn on first use: its word lists take some 50 MB, which a server that never sets a password saves. */
async function openEstimator(): Promise<(password: string) => number> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  return (password) => zxcvbn.check(password).score
}
