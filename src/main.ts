import { runCommandLine } from './cli/command-line.ts'

// What `npm start` runs: the same as `rapport start`.
await runCommandLine(['start', ...process.argv.slice(2)])
