// What the published entry points promise, as text: `npm run api-report` writes it to `test/package/api/`, where every change of a
// public type, one that adds as well as one that breaks, shows in a diff. `test/package/api-report.full.test.ts` holds it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
// Not below `node_modules`, where the extractor would take them for another package's.
const DECLARATIONS = join(ROOT, 'coverage/declarations')
const REPORTS = join(ROOT, 'test/package/api')

/** @typedef {{ name: string, path: string }} Entry */

/** The names of the published entry points, and the declarations of each. @returns {Entry[]} */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return Object.entries(exports).map(([name, { types }]) => ({
    name: name.slice(2),
    path: join(DECLARATIONS, types.replace('./dist/', '')),
  }))
}

/** Declarations of all that the entry points lead to. That the sources compile is said by `npm run check`. */
function emitDeclarations() {
  rmSync(DECLARATIONS, { recursive: true, force: true })
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'scripts/settings/tsconfig.build.json'),
    { declaration: true, emitDeclarationOnly: true, noCheck: true, outDir: DECLARATIONS },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (problem) =>
        fail(ts.flattenDiagnosticMessageText(problem.messageText, '\n')),
    },
  )
  const sources = entryPoints().map(({ path }) =>
    join(ROOT, path.slice(DECLARATIONS.length + 1).replace(/\.d\.ts$/, '.ts')),
  )
  const program = ts.createProgram(sources, config?.options ?? {})
  program.emit(undefined, (path, text) => {
    mkdirSync(dirname(path), { recursive: true })
    // The extractor finds its way as whoever has no sources.
    writeFileSync(path, text.replaceAll(/(['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2'))
  })
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message)
}

/** Whose types reach into the insides of a worker: their reports name what they do not export, and leave it at that. */
const OF_THE_INSIDE = ['workflows', 'activities', 'testing']

/**
 * The report of each entry point, by its name; and the whole of what its types reach, exported or not, which no report
 * is made of that would change with every change of an inside.
 * @returns {{ reports: Record<string, string>, whole: Record<string, string> }}
 */
export function apiReports() {
  emitDeclarations()
  const entries = entryPoints()
  const [first] = entries
  if (first === undefined) fail('the package has no entry points')
  const files = entries.map(({ path }) => path)
  const compilerState = CompilerState.create(configOf(first, files, true))
  /** @type {(entry: Entry, isWhole: boolean) => string} */
  const reportOf = (entry, isWhole) => {
    const config = configOf(entry, files, isWhole)
    Extractor.invoke(config, { localBuild: true, compilerState, messageCallback: beSilent })
    return readFileSync(config.reportFilePath, 'utf8').replaceAll('\r\n', '\n')
  }
  /** @type {Record<string, string>} */
  const whole = {}
  /** @type {Record<string, string>} */
  const reports = {}
  for (const entry of entries) {
    whole[entry.name] = reportOf(entry, true)
    reports[entry.name] = OF_THE_INSIDE.includes(entry.name)
      ? reportOf(entry, false)
      : (whole[entry.name] ?? '')
  }
  return { reports, whole }
}

/** @param {import('@microsoft/api-extractor').ExtractorMessage} message */
function beSilent(message) {
  message.handled = true
}

/**
 * @param {Entry} entry
 * @param {string[]} files
 * @param {boolean} isWhole
 */
function configOf({ name, path }, files, isWhole) {
  const folder = join(DECLARATIONS, isWhole ? 'whole' : 'reports')
  mkdirSync(folder, { recursive: true })
  const compilerOptions = {
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2024',
    lib: ['ES2024', 'ESNext.Disposable'],
    types: ['node'],
    skipLibCheck: true,
  }
  const silent = { default: { logLevel: ExtractorLogLevel.None } }
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: path,
      compiler: { overrideTsconfig: { compilerOptions, files } },
      apiReport: {
        enabled: true,
        includeForgottenExports: isWhole,
        reportFileName: name,
        reportFolder: folder,
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, 'package.json'),
  })
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  mkdirSync(REPORTS, { recursive: true })
  const { reports } = apiReports()
  for (const [name, report] of Object.entries(reports)) writeFileSync(join(REPORTS, `${name}.txt`), report)
  console.log(`wrote ${REPORTS}: what differs is what users of the package will see`)
}
