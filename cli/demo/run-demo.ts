import { join, parse, resolve } from 'node:path'
import type { Config } from '../../adapters/environment/config.ts'
import { renderOverCheckerboard } from '../../adapters/media/picture/checkerboard.ts'
import { saveOutput } from '../../client/output/save-output.ts'
import { creditsFromMillicredits, priceMillicredits } from '../../domain/pricing.ts'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import { cutOutSentence } from '../../sandbox/index.ts'
import { checkFile } from '../removal/check-file.ts'
import { namedTarget } from '../removal/output-target.ts'
import { INTERRUPTED_EXIT_CODE } from '../terminal/end-with-failure.ts'
import { readConfig } from '../terminal/read-config.ts'
import { interrupts } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { colours } from '../terminal/terminal.ts'
import type { DemoPart } from './demo-parts.ts'
import { demoParts } from './demo-parts.ts'
import type { DemoScene } from './demo-scene.ts'
import { CLIP_SECONDS, setScene } from './demo-scene.ts'
import { countBought } from './play-removal.ts'

/** What each part wants to buy. */
const WANTED = 1

export interface DemoFlags {
  /** A video of the user's own in place of the drawn ones. */
  clip?: string
  keep?: boolean
}

/** Shows the whole pipeline, then what the product is for. Ends with 1 when anything was not bought exactly once. */
export async function runDemo(terminal: Terminal, { clip, keep = false }: DemoFlags): Promise<number> {
  const config = readConfig(terminal)
  const seconds = clip === undefined ? CLIP_SECONDS : (await checkFile(clip)).durationSeconds
  // Its stack never ends by itself, so that no signal may leave it behind.
  const interrupt = interrupts(['SIGINT', 'SIGTERM', 'SIGHUP'])
  tellVendor(terminal, config, seconds)
  const scene = await setScene(terminal, config, clip === undefined ? undefined : resolve(clip))
  try {
    const [first, ...others] = demoParts(scene.sandbox !== null)
    const shown = await playPart(terminal, scene, first, interrupt.signal)
    const files = await saveResults(scene, shown.document)
    let isExact = shown.isExact
    for (const part of others)
      isExact = (await playPart(terminal, scene, part, interrupt.signal)).isExact && isExact
    tellEnd(terminal, scene, { keep, files })
    return isExact ? 0 : 1
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    terminal.say('interrupted: cleaning up')
    return INTERRUPTED_EXIT_CODE
  } finally {
    await scene.leave(keep && !interrupt.signal.aborted)
    interrupt.release()
  }
}

async function playPart(terminal: Terminal, scene: DemoScene, part: DemoPart, signal: AbortSignal) {
  terminal.result(`\n${colours(terminal).bold(part.title)}`)
  const { document, bought } = await countBought(scene, () => part.play(terminal, scene, signal))
  const isExact = bought === WANTED && document.output?.hasAlpha === true
  const alpha = document.output?.hasAlpha ? 'verified: truly transparent' : 'not transparent'
  terminal.result(`output ${alpha}, ${document.output?.bytes} bytes`)
  terminal.result(`bought ${bought}, wanted ${WANTED}`)
  return { document, isExact }
}

interface ResultFiles {
  output: string
  picture: string
}

async function saveResults(scene: DemoScene, document: RemovalDocument): Promise<ResultFiles> {
  const { name } = parse(scene.clips.first)
  const files = {
    output: join(scene.results, `${name}.cutout.webm`),
    picture: join(scene.results, `${name}.checkerboard.png`),
  }
  await saveOutput(scene.storage, document, await namedTarget(files.output))
  await renderOverCheckerboard(files.output, 'webm', files.picture)
  return files
}

function tellVendor(terminal: Terminal, config: Config, seconds: number | null): void {
  if (config.vendor.apiKey === null) {
    terminal.say('no REMOVEBGVIDEO_API_KEY: the built-in sandbox plays the vendor; nothing costs anything')
    terminal.say(cutOutSentence())
    return
  }
  const credits =
    seconds === null
      ? 'credits by the length of your clip'
      : `about ${creditsFromMillicredits(priceMillicredits('human', seconds))} credits`
  terminal.say(`REMOVEBGVIDEO_API_KEY is set: one job at ${config.vendor.baseUrl} will cost ${credits}`)
  terminal.say('the parts that break things need the sandbox and are left out')
}

function tellEnd(
  terminal: Terminal,
  { stack, home, sandbox }: DemoScene,
  end: { keep: boolean; files: ResultFiles },
): void {
  const ui = end.keep
    ? `${stack.temporal.uiAddress} (up until \`MATTEFLOW_HOME=${home} npx matteflow stop\`)`
    : stack.temporal.uiAddress
  terminal.result('')
  terminal.result(`output       ${end.files.output}`)
  terminal.result(`over checks  ${end.files.picture}`)
  terminal.result(`Temporal UI  ${ui}`)
  if (!end.keep) terminal.result('             (ends with the demo; `npm run demo -- --keep` leaves it up)')
  if (sandbox === null) return
  terminal.result('your video   npm run demo -- <your video>')
  terminal.result('a real key   REMOVEBGVIDEO_API_KEY=… npx matteflow remove <your video>')
}
