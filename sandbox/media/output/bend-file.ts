import { readFile, writeFile } from 'node:fs/promises'

/** What other encoders write otherwise than ours: the same pictures, in other words. */
export type Bend = 'undeclared-alpha' | 'other-brand' | 'absolute-names'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const REPLACED: Record<Bend, readonly [from: Buffer, to: Buffer][]> = {
  // Matroska's element AlphaMode says 0 instead of 1.
  'undeclared-alpha': [[Buffer.from('53c08101', 'hex'), Buffer.from('53c08100', 'hex')]],
  'other-brand': [
    [bytes('ftypqt  '), bytes('ftypisom')],
    [bytes('ftypisom'), bytes('ftypqt  ')],
  ],
  'absolute-names': [[bytes('frame_'), bytes('/rame_')]],
}

/** Puts other words of the same length into a file. */
export async function bendFile(path: string, bend: Bend): Promise<void> {
  const file = await readFile(path)
  for (const [from, to] of REPLACED[bend]) {
    if (!file.includes(from)) continue
    for (let at = file.indexOf(from); at >= 0; at = file.indexOf(from, at + from.length)) to.copy(file, at)
    break
  }
  await writeFile(path, file)
}
