// npm runs this before it packs this folder, which has the manifest of the repository instead of the package's: there
// `@temporalio/*` are dependencies, and a user would have a second copy of the SDK.
const version = process.env['npm_package_version']
console.error(`Not from this folder: its manifest is the repository's. These make both packages and publish them:
  node scripts/pack.mjs packed
  npm publish ./packed/matteflow-${version}.tgz
  npm publish ./packed/matteflow-client-${version}.tgz`)
process.exit(1)
