import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { runTimed } from '../run-timed.ts'
import { fillFile, serveBytes } from './served-file.ts'

const SIZE_MB = { quick: 50, full: 500 } as const
const PAIRS = { quick: 1, full: 7 } as const
const MEMORY_AIM_MEBIBYTES = 100
const TRANSFER = fileURLToPath(new URL('./transfer-process.ts', import.meta.url))

interface TransferReport {
  seconds: number
  sha256: string | null
  /** Peak memory above idle, MiB. */
  aboveIdle: number | null
}

/** A large upload and a verified download beside curl's, in turns, over loopback; and the memory they take. */
export async function transfersFigure({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const megabytes = quick ? SIZE_MB.quick : SIZE_MB.full
  const path = join(folder, 'large.bin')
  await fillFile(path, megabytes * 1_000_000)
  const { server, url } = await serveBytes(path)
  try {
    const ours = { upload: [] as TransferReport[], download: [] as TransferReport[] }
    const curl = { upload: [] as number[], download: [] as number[] }
    const pairs = quick ? PAIRS.quick : PAIRS.full
    for (let pair = 1; pair <= pairs; pair += 1) {
      progress(`${megabytes} MB, pair ${pair} of ${pairs}`)
      ours.upload.push(await transfer('upload', url, path))
      curl.upload.push(await curlUpload(url, path))
      const downloaded = await transfer('download', url, join(folder, 'ours.part'))
      const checked = await curlDownload(url, join(folder, 'curl.part'))
      if (downloaded.sha256 !== checked.sha256) throw new Error('the two downloads have different checksums')
      ours.download.push(downloaded)
      curl.download.push(checked.seconds)
      for (const name of ['ours.part', 'ours.part.resume', 'curl.part'])
        await rm(join(folder, name), { force: true })
    }
    const size = `${megabytes} MB`
    return [
      speed(`upload of ${size}`, 'curl -F', 0.5, megabytes, ours.upload, curl.upload),
      speed(
        `verified download of ${size}`,
        'curl | tee | sha256sum',
        1.5,
        megabytes,
        ours.download,
        curl.download,
      ),
      memory(`memory of an upload of ${size}`, ours.upload),
      memory(`memory of a download of ${size}`, ours.download),
    ]
  } finally {
    server.kill()
    await rm(path, { force: true })
  }
}

function speed(
  figure: string,
  what: string,
  aim: number,
  megabytes: number,
  ours: TransferReport[],
  theirs: number[],
): BenchRow {
  const value = megabytes / median(ours.map(({ seconds }) => seconds))
  const beside = { what, value: megabytes / median(theirs) }
  const ratio = median(ours.map(({ seconds }, pair) => (theirs[pair] ?? 0) / seconds))
  return row({ figure, value, unit: 'MB/s', beside, ratio, aim: `≥ ${aim}`, met: ratio >= aim })
}

function memory(figure: string, reports: TransferReport[]): BenchRow {
  const peaks = reports.flatMap(({ aboveIdle }) => aboveIdle ?? [])
  const value = Math.max(0, ...peaks)
  return row({
    figure,
    value,
    unit: 'MiB above idle',
    aim: `≤ ${MEMORY_AIM_MEBIBYTES} MiB`,
    met: peaks.length === 0 ? null : value <= MEMORY_AIM_MEBIBYTES,
    note: peaks.length === 0 ? 'this system does not tell' : null,
  })
}

async function transfer(direction: string, url: string, path: string): Promise<TransferReport> {
  const { stdout } = await runTimed(process.execPath, [TRANSFER, direction, url, path])
  return JSON.parse(stdout) as TransferReport
}

async function curlUpload(url: string, path: string): Promise<number> {
  const args = ['-fsS', '-o', '/dev/null', '-F', `file=@${path};type=video/mp4`, `${url}/v1/uploads`]
  return (await runTimed('curl', args)).seconds
}

async function curlDownload(url: string, path: string): Promise<{ seconds: number; sha256: string }> {
  const script = 'curl -fsS "$0" | tee "$1" | sha256sum'
  const { seconds, stdout } = await runTimed('sh', ['-c', script, `${url}/output`, path])
  return { seconds, sha256: stdout.split(' ')[0] ?? '' }
}
