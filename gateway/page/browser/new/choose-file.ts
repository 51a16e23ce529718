import { CONTAINER_FILES } from '../../../../domain/container.ts'

/** A file that a person chose, and how to open it again after a reload, where the browser has such handles. */
export interface ChosenFile {
  file: File
  handle: FileSystemFileHandle | null
}

/** Parts of the File System Access API that TypeScript does not know. */
interface PickingWindow {
  showOpenFilePicker?(options: object): Promise<FileSystemFileHandle[]>
}
interface DroppedItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
}

const ENDINGS = Object.values(CONTAINER_FILES).map(({ extension }) => `.${extension}` as const)
const VIDEOS = { types: [{ description: 'Videos', accept: { 'video/*': ENDINGS } }] }

/** What a file input lets a person choose: browsers do not know every ending to be a video's. */
export const VIDEO_FILES = ['video/*', ...ENDINGS].join(',')

/** Whether the browser's own dialog hands out files that can be opened again. */
export function hasPicker(): boolean {
  return (window as PickingWindow).showOpenFilePicker !== undefined
}

/** Lets a person choose a video. Null when they think better of it. */
export async function pickFile(): Promise<ChosenFile | null> {
  try {
    const [handle] = (await (window as PickingWindow).showOpenFilePicker?.(VIDEOS)) ?? []
    return handle === undefined ? null : { file: await handle.getFile(), handle }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  }
}

/** The first file of what was dropped or pasted. */
export async function fileFromTransfer({ items, files }: DataTransfer): Promise<ChosenFile | null> {
  const item = [...items].find(({ kind }) => kind === 'file')
  const [file] = files
  if (file === undefined) return null
  const handle = await (item as DroppedItem | undefined)?.getAsFileSystemHandle?.().catch(() => null)
  return { file, handle: handle?.kind === 'file' ? (handle as FileSystemFileHandle) : null }
}

/** The address that was dropped or pasted; null for any other text. */
export function addressFrom(text: string): string | null {
  const trimmed = text.trim()
  return /^https?:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed) ? trimmed : null
}
