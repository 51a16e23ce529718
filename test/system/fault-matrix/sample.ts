/**
 * What a plain `npm test` plays of the fault matrix: each rule of CONTRIBUTING's table is still caught by what is here
 * or by a smaller test, as `test/frame/catchers.test.ts` checks.
 */
export const SAMPLE = {
  rows: [
    '^start (is reset|hangs) after acceptance$',
    '^start is executed after its 504$',
    '^start is answered without an id$',
    '^start is answered 402$',
    '^start is reset, and its repeat refused for the key$',
    '^start is accepted and the job fails$',
    '^the job fails',
    '^the 202 of the gateway is lost$',
    '^(upload|create) is reset after acceptance$',
    '^create is answered 400$',
    '^status is (reset before acceptance|answered 401)$',
    '^output (is reset after acceptance|ends half-way three times|is dead .404., and re-minted)$',
    '^output is always of (opaque-matte|no-alpha|empty-matte|wrong-length)$',
    '^output is opaque, and another format may stand in$',
    '^output is always opaque, in whatever format',
    '^output is odd but right',
    '^output lacks its end (twice|always)$',
  ].join('|'),
  pairs: 6,
}
