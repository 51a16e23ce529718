import { runProgram } from './run-program.ts'

// `process.exit`, since pools and native connections of whatever ran would keep the process for a while.
process.exit(await runProgram(process))
