/**
 * `Content-Disposition` of a download. Names beyond ASCII travel as RFC 5987 says, and a plain one goes with them for
 * clients that do not read those. Control characters and separators never reach the header.
 */
export function contentDisposition(fileName: string, how: 'attachment' | 'inline'): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\/]/g, '_')
  const encoded = encodeURIComponent(fileName.replaceAll(/\p{Cc}|[\\/]/gu, '_')).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
