import { runCommandLine } from './cli/command-line.ts'

// The entry of `npm start`: the same as `rapport start`.
await runCommandLine(['start', ...process.argv.slice(2)])
