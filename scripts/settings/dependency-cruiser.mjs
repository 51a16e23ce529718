// Who may import whom. Every rule is broken once on purpose in test/frame/folder-rules.test.ts.

const ADAPTERS = [
  'adapters/environment',
  'adapters/removebgvideo',
  'adapters/storage',
  'adapters/ledger',
  'adapters/transfer',
  'adapters/media',
  'adapters/webhooks',
  'adapters/encryption',
]
export const LAYERS = [
  'domain',
  ...ADAPTERS,
  'activities',
  'workflows',
  'worker',
  'client',
  'gateway',
  'sandbox',
  'local',
  'testing',
  'cli',
]
/** They construct dependencies, so that they may read the configuration. */
const ROOTS = ['worker', 'gateway', 'local', 'testing', 'cli']
export const OUTSIDE = ['bench', 'scripts', 'test']
const ROOT_FILES = '^vitest\\.config\\.ts$'
const KNOWN = `^(${[...LAYERS, ...OUTSIDE].join('|')})/|${ROOT_FILES}`

/** @type {{ dependencyTypesNot: import('dependency-cruiser').DependencyType[] }} */
const VALUES = { dependencyTypesNot: ['type-only'] }
const PACKAGE = 'node_modules/'
const PAGE = '^gateway/page/browser/'

/** @param {string[]} names */
const folder = (...names) => `^(${names.join('|')})/`
/** @param {string[]} names */
const packages = (...names) => `${PACKAGE}(${names.join('|')})(/|$)`
/** @param {string[]} names */
const except = (...names) => [...LAYERS, ...OUTSIDE].filter((name) => !names.includes(name))

/**
 * `from` may import of ours only itself and `allowed`.
 * @param {string} from
 * @param {string[]} allowed
 * @returns {import('dependency-cruiser').IRegularForbiddenRuleType}
 */
const importsOnly = (from, allowed) => ({
  name: `${from}-imports-only-${allowed.join('-').replaceAll('/', '-') || 'itself'}`,
  severity: 'error',
  from: { path: folder(from) },
  to: { path: folder(...except(from, ...allowed)) },
})

/**
 * `from` may import of npm's packages only `allowed`.
 * @param {string} from
 * @param {string[]} allowed
 * @returns {import('dependency-cruiser').IRegularForbiddenRuleType}
 */
const usesOnly = (from, allowed) => ({
  name: `${from}-uses-only-its-packages`,
  severity: 'error',
  from: { path: folder(from) },
  to: { path: PACKAGE, pathNot: [packages(...allowed), `${PACKAGE}@types/`] },
})

/**
 * @param {string} name
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['from']} from
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['to']} to
 * @returns {import('dependency-cruiser').IRegularForbiddenRuleType}
 */
const forbid = (name, from, to) => ({ name, severity: 'error', from, to })

const domain = [
  importsOnly('domain', []),
  usesOnly('domain', ['zod']),
  forbid('domain-without-node', { path: folder('domain') }, { dependencyTypes: ['core'] }),
  forbid(
    'domain-zod-in-schema-files',
    { path: folder('domain'), pathNot: '\\.schema\\.ts$' },
    { path: packages('zod') },
  ),
  forbid(
    'domain-schemas-behind-schema-files',
    { path: folder('domain'), pathNot: '\\.schema\\.ts$' },
    { path: '\\.schema\\.ts$', ...VALUES },
  ),
]

const edges = [
  importsOnly('adapters/environment', ['domain']),
  usesOnly('adapters/environment', []),
  importsOnly('adapters/removebgvideo', ['domain']),
  usesOnly('adapters/removebgvideo', ['undici', 'zod']),
  importsOnly('adapters/storage', ['domain']),
  usesOnly('adapters/storage', ['@aws-sdk']),
  importsOnly('adapters/ledger', ['domain']),
  usesOnly('adapters/ledger', ['drizzle-orm', 'pg', '@electric-sql']),
  importsOnly('adapters/transfer', ['domain']),
  usesOnly('adapters/transfer', ['undici', 'ipaddr\\.js']),
  importsOnly('adapters/media', ['domain']),
  usesOnly('adapters/media', ['mediabunny', 'yauzl']),
  importsOnly('adapters/webhooks', ['domain']),
  usesOnly('adapters/webhooks', ['undici', 'standardwebhooks']),
  importsOnly('adapters/encryption', ['domain']),
  usesOnly('adapters/encryption', ['@temporalio/(common|proto)']),
]

const temporal = [
  importsOnly('activities', ['domain', ...ADAPTERS]),
  usesOnly('activities', ['@temporalio/(activity|common)', 'cockatiel']),
  importsOnly('workflows', ['domain', 'activities']),
  usesOnly('workflows', ['@temporalio/(workflow|common)']),
  forbid('workflows-without-node', { path: folder('workflows') }, { dependencyTypes: ['core'] }),
  forbid(
    'workflows-activities-as-types',
    { path: folder('workflows') },
    { path: folder('activities'), ...VALUES },
  ),
  forbid('workflows-schemas-as-types', { path: folder('workflows') }, { path: '\\.schema\\.ts$', ...VALUES }),
]

const faces = [
  importsOnly('client', [
    'domain',
    'adapters/storage',
    'adapters/transfer',
    'adapters/media',
    'adapters/encryption',
    'workflows',
  ]),
  usesOnly('client', ['@temporalio/(client|common)']),
  forbid(
    'client-workflows-as-types',
    { path: folder('client') },
    { path: folder('workflows'), pathNot: '^workflows/messages\\.ts$', ...VALUES },
  ),
  importsOnly('gateway', ['domain', 'client', ...ADAPTERS]),
  forbid(
    'gateway-vendor-only-callbacks',
    { path: folder('gateway') },
    {
      path: folder('adapters/removebgvideo'),
      pathNot: '^adapters/removebgvideo/(webhook-signature|callback-address)\\.ts$',
    },
  ),
  // The page runs in browsers: of ours it knows the words of the domain, and nobody here can import it.
  forbid(
    'page-stands-on-the-domain-alone',
    { path: PAGE },
    { path: folder(...except('domain')), pathNot: PAGE },
  ),
  forbid('page-without-node', { path: PAGE }, { dependencyTypes: ['core'] }),
  forbid('page-is-bundled-alone', { pathNot: PAGE }, { path: PAGE }),
  usesOnly('gateway/page/browser', ['lit', '@noble/hashes', 'mediabunny', 'tus-js-client']),
  importsOnly('sandbox', []),
  usesOnly('sandbox', ['fastify', '@fastify', '@litertjs', 'p-limit', 'yazl', 'zod']),
]

// Composition roots may import what stands below them, the command line anything.
const roots = [
  forbid(
    'worker-only-below',
    { path: folder('worker') },
    { path: folder('gateway', 'sandbox', 'local', 'testing', 'cli') },
  ),
  forbid('local-only-below', { path: folder('local') }, { path: folder('testing', 'cli') }),
  forbid('testing-only-below', { path: folder('testing') }, { path: folder('cli') }),
  forbid(
    'environment-only-from-roots',
    { path: folder(...LAYERS), pathNot: folder('adapters/environment', ...ROOTS) },
    { path: folder('adapters/environment') },
  ),
]

const everywhere = [
  forbid('no-cycles', {}, { circular: true }),
  forbid('nothing-imports-tests', { pathNot: folder('test') }, { path: folder('test') }),
  forbid('nothing-imports-benchmarks', { pathNot: folder('bench', 'test') }, { path: folder('bench') }),
  forbid('scripts-stand-alone', { path: folder('scripts') }, { path: folder(...LAYERS) }),
  forbid('sources-live-in-known-folders', { pathNot: KNOWN }, {}),
  forbid('no-orphans-outside-known-folders', { orphan: true, pathNot: KNOWN }, {}),
  forbid('imports-exist', {}, { couldNotResolve: true }),
  forbid(
    'shipped-code-uses-shipped-packages',
    // What the page uses is shipped within its bundle.
    { path: folder(...LAYERS), pathNot: PAGE },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  ),
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...domain, ...edges, ...temporal, ...faces, ...roots, ...everywhere],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|docs|examples|ops)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import', 'default'],
      extensions: ['.ts', '.mts', '.d.mts', '.mjs', '.js', '.json'],
    },
  },
}
