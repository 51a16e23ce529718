import { createPythonTools } from './python-tools.mjs'

/** What reads manifests and checks them against the schemas of Kubernetes, which it brings along. */
export const { find: findManifestChecker, ensure: ensureManifestChecker } = createPythonTools({
  name: 'manifest-checker',
  title: 'the checker of Kubernetes manifests',
})
