// stdin: what `npm sbom --sbom-format cyclonedx` lists; stdout: that without what only development needs. npm's own
// `--omit dev` leaves out whatever development needs as well, fastify and zod among it.
import { text } from 'node:stream/consumers'

/** @typedef {{ name: string, value: string }} Property */
/** @typedef {{ 'bom-ref': string, properties?: Property[] }} Component */

const list = JSON.parse(await text(process.stdin))
const isShipped = (/** @type {Component} */ { properties = [] }) =>
  !properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true')
const components = list.components.filter(isShipped)
const refs = new Set(components.map((/** @type {Component} */ component) => component['bom-ref']))
const root = list.metadata.component['bom-ref']
const dependencies = list.dependencies
  .filter((/** @type {{ ref: string }} */ { ref }) => ref === root || refs.has(ref))
  .map((/** @type {{ ref: string, dependsOn?: string[] }} */ { ref, dependsOn = [] }) => ({
    ref,
    dependsOn: dependsOn.filter((to) => refs.has(to)),
  }))
console.log(JSON.stringify({ ...list, components, dependencies }))
