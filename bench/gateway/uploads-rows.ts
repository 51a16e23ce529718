import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from '../../sandbox/media/input/hash-file.ts'
import type { BenchContext, BenchRow } from '../figure.ts'
import { row } from '../figure.ts'
import { median } from '../percentile.ts'
import { runTimed } from '../run-timed.ts'
import { fillFile, serveBytes } from '../transfers/served-file.ts'
import { startBenchGateway } from './gateway-process.ts'

const SIZE_MB = { quick: 20, full: 500 } as const
const TURNS = { quick: 1, full: 3 } as const

/** An upload through the gateway onto the disk, as a form and by tus, beside one to a sink that keeps nothing; all by curl. */
export async function uploadsRows({ quick, folder, progress }: BenchContext): Promise<BenchRow[]> {
  const size = quick ? 'quick' : 'full'
  const megabytes = SIZE_MB[size]
  const path = join(folder, 'upload.mp4')
  await fillFile(path, megabytes * 1_000_000)
  const sha256 = await hashFile(path)
  const sink = await serveBytes(path)
  const times = { form: [] as number[], tus: [] as number[], sink: [] as number[] }
  const peaks = { form: [] as number[], tus: [] as number[] }
  try {
    for (let turn = 1; turn <= TURNS[size]; turn += 1) {
      progress(`${megabytes} MB through the gateway, turn ${turn}`)
      times.sink.push(await sendForm(`${sink.url}/v1/uploads`, path))
      for (const way of ['form', 'tus'] as const) {
        const home = join(folder, `gateway-${way}-${turn}`)
        const gateway = await startBenchGateway(home, '')
        const idle = gateway.peak()
        const seconds =
          way === 'form'
            ? await sendForm(`${gateway.url}/v1/removals`, path)
            : await sendByTus(gateway.url, path, { megabytes, sha256 })
        times[way].push(seconds)
        const peak = gateway.peak()
        if (peak !== null && idle !== null) peaks[way].push(peak - idle)
        gateway.kill()
        await rm(home, { recursive: true, force: true })
      }
    }
  } finally {
    sink.server.kill()
    await rm(path, { force: true })
  }
  return (['form', 'tus'] as const).map((way) =>
    row({
      figure: `upload of ${megabytes} MB through the gateway, ${way === 'form' ? 'as a form' : 'by tus, hash checked'}`,
      value: megabytes / median(times[way]),
      unit: 'MB/s',
      beside: { what: 'curl -F to a bare sink', value: megabytes / median(times.sink) },
      ratio: median(times[way].map((seconds, turn) => (times.sink[turn] ?? 0) / seconds)),
      note: peaks[way].length === 0 ? null : `at most ${Math.round(Math.max(...peaks[way]))} MiB above idle`,
    }),
  )
}

async function sendForm(url: string, path: string): Promise<number> {
  const args = ['-fsS', '-o', '/dev/null', '-F', `file=@${path};type=video/mp4`, url]
  return (await runTimed('curl', args)).seconds
}

async function sendByTus(
  url: string,
  path: string,
  { megabytes, sha256 }: { megabytes: number; sha256: string },
): Promise<number> {
  const metadata = `filename ${btoa('upload.mp4')},sha256 ${btoa(sha256)}`
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': String(megabytes * 1_000_000) }
  const created = await fetch(`${url}/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-metadata': metadata },
  })
  const args = [
    ...['-fsS', '-o', '/dev/null', '-X', 'PATCH', '-T', path, '-H', 'Tus-Resumable: 1.0.0'],
    ...['-H', 'Upload-Offset: 0', '-H', 'Content-Type: application/offset+octet-stream', '-H', 'Expect:'],
    `${url}${created.headers.get('location')}`,
  ]
  return (await runTimed('curl', args)).seconds
}
