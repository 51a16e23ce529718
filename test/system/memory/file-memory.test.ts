import { expect, it } from 'vitest'
import { FILE_PATHS } from '../../../bench/transfers/file-paths.ts'
import { memoryOfPaths } from '../../../bench/transfers/memory-figure.ts'
import { inFull } from '../../support/in-full.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const MEGABYTES = 240
/** Far above what a path takes, far below the file that one which holds it as a whole would take. */
const MOST_MEBIBYTES = 140

// Only the paths that once held the file, or take it apart; `npm run bench` measures them all at 500 MB.
it.each(['stage into S3', 'adopt into S3', ...inFull('stage into a folder', 'upload from S3')])(
  'a large file is not held in memory: %s',
  async (name) => {
    expect(Object.keys(FILE_PATHS)).toContain(name)
    const [found] = await memoryOfPaths([name], { megabytes: MEGABYTES, folder: await tempFolder() })

    expect(found?.[1] ?? 0).toBeLessThan(MOST_MEBIBYTES)
  },
  60_000,
)
