/** Joiners that words and emoji of some scripts need, and that change nothing else. */
const HARMLESS = /[\u200c\u200d]/

/**
 * Text from outside as a terminal or a log may show it: control characters, line breaks among them, and marks that
 * turn the reading direction appear as escapes. A file name can then neither move the cursor nor add a line.
 */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (hidden) =>
    HARMLESS.test(hidden) ? hidden : escapeOf(hidden),
  )
}

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeOf(hidden: string): string {
  const code = hidden.codePointAt(0) ?? 0
  if (code <= 0xff) return SHORT[hidden] ?? `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16)}` : `\\u{${code.toString(16)}}`
}
