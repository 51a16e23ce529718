import type { RemovalDocument } from '../../domain/removal-document.ts'
import { signalProcess } from '../../local/home/process-identity.ts'
import { readStack } from '../../local/stack/stack.ts'
import { loseReply } from '../../sandbox/index.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { DemoScene } from './demo-scene.ts'
import { playRemoval } from './play-removal.ts'

/** One thing to see: a removal, and what is done to it. */
export interface DemoPart {
  title: string
  play(terminal: Terminal, scene: DemoScene, signal: AbortSignal): Promise<RemovalDocument>
}

const wholeWay: DemoPart = {
  title: 'A video goes the whole way',
  play: (terminal, scene, signal) =>
    playRemoval(terminal, scene, { source: scene.clips.first, model: 'human' }, { signal }),
}

const lostReply: DemoPart = {
  title: 'The vendor accepts the start, and its reply is lost',
  async play(terminal, scene, signal) {
    await scene.sandbox?.addFaults([loseReply('start')])
    terminal.say('the connection will break right after the vendor has accepted the start;')
    terminal.say('a client that simply tried again would buy twice, matteflow looks first')
    return playRemoval(terminal, scene, { source: scene.clips.second, model: 'human' }, { signal })
  },
}

const killedWorker: DemoPart = {
  title: 'The worker is killed in the middle of the job',
  async play(terminal, scene, signal) {
    let isKilled = false
    return playRemoval(
      terminal,
      scene,
      { source: scene.clips.first, model: 'pro' },
      {
        signal,
        async onUpdate({ state }) {
          if (isKilled || state !== 'processing') return
          isKilled = true
          const worker = (await readStack(scene.home))?.children.worker
          if (worker === undefined) throw new TypeError('the demo has no worker to kill')
          signalProcess(worker.pid, 'SIGKILL')
          terminal.say(`kill -9 ${worker.pid}: the worker is dead; Temporal remembers, a new worker goes on`)
        },
      },
    )
  },
}

/** What can be shown: faults are only for a vendor of one's own. */
export function demoParts(hasSandbox: boolean): [DemoPart, ...DemoPart[]] {
  return hasSandbox ? [wholeWay, lostReply, killedWorker] : [wholeWay]
}
