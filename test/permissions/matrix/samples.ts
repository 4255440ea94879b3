/** An issuer that the fixture's server trusts. */
export const ISSUER = 'https://issuer.zk.example'

type Candidates = readonly ((n: number) => { readonly value: unknown; readonly canary: string | null })[]

const DAY_MS = 86_400_000
/** A greater number gives an earlier date: `endedOn` comes before `startedOn` in an input, and must be later. */
const day = (from: string, n: number) => new Date(Date.parse(from) - n * DAY_MS).toISOString()
const plain = (value: unknown) => () => ({ value, canary: null })
const canary = (make: (n: number) => string) => (n: number) => ({ value: make(n), canary: make(n).toLowerCase() })

/** Values to try for a field of a scalar, in this order. */
export const BY_SCALAR: Readonly<Record<string, Candidates>> = {
  String: [
    canary((n) => `zk${n}q`),
    canary((n) => `zk${n}q.example`),
    canary((n) => `zk${n}q@zk.example`),
    canary((n) => `https://zk${n}q.example/x`),
    canary((n) => `+49301${n}`),
    canary((n) => `ZK${n}Q`),
    plain('DE'),
    plain('EUR'),
    plain('Account'),
    plain('account:read'),
    plain('RS256'),
    plain(ISSUER),
    // An origin, a field of a form, and a colour.
    plain('https://zk.example'),
    plain('email'),
    plain('#aa5500'),
    // A time zone, and the hours of a calendar.
    plain('Europe/Berlin'),
    plain('10:00'),
    plain('24:00'),
  ],
  Int: [
    (n) => ({ value: 1_000_000 + n, canary: String(1_000_000 + n) }),
    (n) => ({ value: 500_000 + n, canary: String(500_000 + n) }),
    (n) => ({ value: 1_000 + (n % 900), canary: null }),
    plain(1),
  ],
  Float: [plain(0.5)],
  Boolean: [plain(true), plain(false)],
  // The second is a percentage, and all shares of something.
  Decimal: [(n) => ({ value: `${1_000_000 + n}.37`, canary: `${1_000_000 + n}.37` }), plain('100')],
  CurrencyCode: [plain('EUR'), plain('USD')],
  Date: [canary((n) => day('2020-01-01', n).slice(0, 10)), canary((n) => day('2300-01-01', n).slice(0, 10))],
  DateTime: [canary((n) => day('2020-01-01', n)), canary((n) => day('2300-01-01', n))],
  JSON: [plain({}), plain({ createdAt: { lt: '2000-01-01T00:00:00Z' } })],
  ID: [],
}
