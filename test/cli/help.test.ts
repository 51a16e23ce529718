import { describe, expect, it } from 'vitest'
import { createProgram } from '../../cli/create-program.ts'
import { productVersion } from '../../worker/versions.ts'
import { fakeTerminal } from './support/fake-terminal.ts'
import { createUser, runCli } from './support/run-cli.ts'

const { environment } = await createUser()
const COMMANDS = createProgram(fakeTerminal(), () => {}).commands

describe('help', () => {
  it.each(COMMANDS.map((command) => [command.name(), command] as const))(
    'of %s says what it does, with an example',
    (name, command) => {
      let shown = ''
      command.configureOutput({ writeOut: (text) => (shown += text) }).outputHelp()

      expect(command.description()).not.toBe('')
      expect(shown).toMatch(new RegExp(`Examples?:\\n(.*\\n)*.*npx matteflow ${name}`))
    },
  )

  it('lists every command but those that only matteflow itself runs', async () => {
    const run = await runCli(['--help'], { environment })

    const shown = COMMANDS.map((command) => command.name()).filter((name) =>
      run.stdout.includes(`\n  ${name} `),
    )
    expect(shown).toEqual(
      COMMANDS.map((command) => command.name()).filter((name) => !['stack', 'ledger'].includes(name)),
    )
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('of a command goes to stdout and ends with 0', async () => {
    const run = await runCli(['remove', '--help'], { environment })

    expect(run.stdout).toContain('--max-credits <credits>')
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('is joined by the version', async () => {
    const run = await runCli(['--version'], { environment })

    expect(run).toMatchObject({ exitCode: 0, stdout: `${productVersion()}\n`, stderr: '' })
  })

  it('is shown, with exit 2, when no command is given', async () => {
    const run = await runCli([], { environment })

    expect(run.stderr).toContain('Usage: matteflow')
    expect(run.exitCode).toBe(2)
  })
})
