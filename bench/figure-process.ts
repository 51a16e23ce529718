import { FIGURES } from './figures.ts'

// One figure in a process of its own: `<name> <folder> [quick]`; its rows go to the parent as a message.
const [name = '', folder = '', quick] = process.argv.slice(2)
const progress = (line: string): void => console.error(`${name}: ${line}`)
const rows = await FIGURES[name]?.({ quick: quick === 'quick', folder, progress })
process.send?.(rows, () => process.exit(0))
