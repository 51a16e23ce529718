/** What npm and bundlers read of a package; the rest of ours is for work on it. */
const PUBLISHED = [
  'name',
  'version',
  'description',
  'license',
  'keywords',
  'type',
  'engines',
  'bin',
  'exports',
  'imports',
  'files',
  'optionalDependencies',
]

/** One copy of the SDK has to serve a whole process, so that it is the user's own. @param {string} name */
const isPeer = (name) => name.startsWith('@temporalio/')

/**
 * The versions of a peer: from the one that every test here runs with to the next major one.
 * @param {string} version
 */
function peerRange(version) {
  return `^${version}`
}

/**
 * The manifest that goes into the tarball. The repository keeps peers as dependencies, or they would not be installed
 * for the image.
 * @param {Record<string, any>} manifest
 * @returns {Record<string, any>}
 */
export function publishedManifest(manifest) {
  const kept = Object.fromEntries(PUBLISHED.flatMap((key) => (key in manifest ? [[key, manifest[key]]] : [])))
  const all = Object.entries(/** @type {Record<string, string>} */ (manifest['dependencies']))
  return {
    ...kept,
    dependencies: Object.fromEntries(all.filter(([name]) => !isPeer(name))),
    peerDependencies: Object.fromEntries(
      all.flatMap(([name, version]) => (isPeer(name) ? [[name, peerRange(version)]] : [])),
    ),
  }
}

/** What a client needs of S3 where its storage lies there. */
const OPTIONAL = /^@aws-sdk\//

/**
 * The manifest of the light client, of the packages that its files import.
 * @param {Record<string, any>} manifest
 * @param {Iterable<string>} imported
 * @returns {Record<string, any>}
 */
export function clientManifest(manifest, imported) {
  const names = [...imported].sort()
  const of = (/** @type {string} */ name) => {
    const version = manifest['dependencies'][name]
    if (version === undefined) throw new Error(`the client imports ${name}, which is no dependency`)
    return version
  }
  const peers = names.filter((name) => isPeer(name) || OPTIONAL.test(name))
  const { version, license, engines } = manifest
  return {
    name: 'matteflow-client',
    version,
    description: 'Starts and follows the removals of matteflow from any service: no worker, no native code.',
    license,
    type: 'module',
    engines,
    exports: { '.': { types: './dist/client/index.d.ts', default: './dist/client/index.js' } },
    files: ['dist'],
    dependencies: Object.fromEntries(
      names.filter((name) => !peers.includes(name)).map((name) => [name, of(name)]),
    ),
    peerDependencies: Object.fromEntries(peers.map((name) => [name, peerRange(of(name))])),
    peerDependenciesMeta: Object.fromEntries(
      peers.filter((name) => OPTIONAL.test(name)).map((name) => [name, { optional: true }]),
    ),
  }
}
