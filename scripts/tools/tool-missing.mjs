/** Something could not be had; the message names every way out. */
export class ToolMissing extends Error {
  /**
   * @param {string} tool
   * @param {string[]} waysOut
   * @param {string} [details] the last words of what was tried
   */
  constructor(tool, waysOut, details = '') {
    const tried =
      details.trim() === ''
        ? ''
        : `\nThe last attempt said: ${details.trim().split('\n').slice(-5).join(' | ')}`
    super(
      `${tool} is missing and could not be had. Ways out:\n${waysOut.map((way) => `  - ${way}`).join('\n')}${tried}`,
    )
    this.name = 'ToolMissing'
    this.tool = tool
    this.waysOut = waysOut
  }
}
