import { parseArgs } from 'node:util'

/** The options of the command line. */
export interface BenchOptions {
  /** Seed of the data set. The same seed and scale give the same records. */
  readonly seed: number
  /** Size of the data set; 1 is 20,000 accounts, 160,000 contacts and 640,000 interactions. */
  readonly scale: number
  /** Whether the loaded database is not dropped, so that the next run can use it. */
  readonly keep: boolean
  /** Number of measured rounds for each case and system. */
  readonly rounds: number
  /** Length of a measured round in seconds. */
  readonly seconds: number
  /** Seconds of load before each measured round. */
  readonly warmUpSeconds: number
  /** Number of connections that send requests. Each sends a request after the response to the previous one. */
  readonly connections: number
  /** Only cases whose name contains one of these texts are run. All cases when empty. */
  readonly cases: readonly string[]
  /** Ids of the systems to run. All systems when empty. */
  readonly systems: readonly string[]
  /** File for the results of every round, as JSON, or null. */
  readonly json: string | null
  /** Folder for CPU profiles of Rapport's server, one for each case, or null. */
  readonly profile: string | null
}

export const USAGE = `npm run bench -- [options]
  --scale <number>       size of the data set, 0.1 to 1 (1: 20,000 accounts, 160,000 contacts, 640,000 interactions)
  --seed <number>        seed of the data set (42)
  --keep                 keep the loaded database for the next run
  --rounds <number>      measured rounds for each case and system (3)
  --seconds <number>     length of a round (5)
  --warm-up <number>     seconds of load before each round (2)
  --connections <number> connections that send requests (16)
  --case <text>          only cases whose name contains the text; may be repeated
  --system <id>          only this system: rapport, postgraphile, hand-written; may be repeated
  --json <file>          write the results of every round to a file
  --profile <folder>     write a CPU profile of Rapport's server for each case
BENCH_DATABASE_URL is a PostgreSQL in which the benchmark may create a database. Without it, the benchmark starts one.`

/** Returns the options of the command line, or `help`. Throws an Error when an option is not valid. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      seed: { type: 'string', default: '42' },
      keep: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      connections: { type: 'string', default: '16' },
      case: { type: 'string', multiple: true, default: [] },
      system: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    seed: numberIn('seed', values.seed, 0, 1_000_000, true),
    scale: numberIn('scale', values.scale, 0.1, 1, false),
    keep: values.keep,
    rounds: numberIn('rounds', values.rounds, 1, 100, true),
    seconds: numberIn('seconds', values.seconds, 0.5, 600, false),
    warmUpSeconds: numberIn('warm-up', values['warm-up'], 0, 600, false),
    connections: numberIn('connections', values.connections, 1, 1_000, true),
    cases: values.case,
    systems: values.system,
    json: values.json ?? null,
    profile: values.profile ?? null,
  }
}

function numberIn(name: string, text: string, least: number, most: number, isWhole: boolean): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
  throw new Error(
    `--${name} is ${JSON.stringify(text)}; expected a ${isWhole ? 'whole number' : 'number'} from ${least} to ${most}.`,
  )
}
