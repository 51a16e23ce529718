/** A URL as it may be shown: what signs it, its query, and its fragment are gone. */
export function urlWithoutQuery(url: URL): string {
  return `${url.origin}${url.pathname}`
}
