import { runCommandLine } from './cli/command-line.ts'

// The entry point of `npm start`. It runs the command `rapport start`.
await runCommandLine(['start', ...process.argv.slice(2)])
