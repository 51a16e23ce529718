import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The optional part that knows people: a runtime written for browsers, and two models. */
export interface PersonPart {
  /** The packages and their versions. */
  version: string
  /** Holds the runtime's loader scripts. */
  runtimeFolder: string
  /** The model for pictures that are wider than high, and the one for the others. */
  landscapeModel: string
  portraitModel: string
}

/** The packages that make up the part. */
export const PERSON_PACKAGES = ['@litertjs/core', '@mediapipe/selfie_segmentation'] as const

/** Where the part is installed; null where one of its packages is not. */
export function findPersonPart(): PersonPart | null {
  const require = createRequire(import.meta.url)
  const [runtime, models] = PERSON_PACKAGES
  try {
    const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version
    const modelFolder = dirname(require.resolve(`${models}/package.json`))
    return {
      version: PERSON_PACKAGES.map((name) => `${name}@${versionOf(name)}`).join(' '),
      runtimeFolder: join(dirname(require.resolve(`${runtime}/package.json`)), 'wasm'),
      landscapeModel: join(modelFolder, 'selfie_segmentation_landscape.tflite'),
      portraitModel: join(modelFolder, 'selfie_segmentation.tflite'),
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return null
  }
}
