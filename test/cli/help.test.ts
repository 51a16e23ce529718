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

    expect(run.stderr).toMatch(/^Usage: matteflow .*\n\nRemoves video backgrounds .*\n/)
    expect(run.stderr).not.toContain('\\n')
    expect(run.exitCode).toBe(2)
  })

  it.each([[['help']], [['help', 'remove']]])('is asked for by its own command as well: %j', async (args) => {
    const [asked, flagged] = [
      await runCli(args, { environment }),
      await runCli([...args.slice(1), '--help'], { environment }),
    ]

    expect(asked).toEqual(flagged)
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('is named line by line where a command is misspelt, with what else may be meant', async () => {
    const run = await runCli(['remvoe', 'clip.mp4'], { environment })

    expect(run.stderr).toBe(
      "error: unknown command 'remvoe'\n(Did you mean remove?)\nAdd --help for what is possible.\n",
    )
    expect(run.exitCode).toBe(2)
    expect(await runCli(['help', 'remvoe'], { environment })).toEqual({
      ...{ exitCode: 2, stdout: '' },
      stderr: "error: unknown command 'remvoe'\nAdd --help for what is possible.\n",
    })
  })
})
