import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { PricedQuote } from '../gateway/gateway.ts'
import { bytes, videoLength } from '../words/amounts.ts'
import type { ChosenFile } from './choose-file.ts'
import type { VideoFacts } from './video-facts.ts'

/** What a removal is to be made of. */
export type ChosenSource =
  | ({ kind: 'file' } & ChosenFile & { video: VideoFacts | null })
  | { kind: 'link'; url: string }

/** Its name for people: the file's, or the last part of the link. */
export function sourceName(source: ChosenSource): string {
  if (source.kind === 'file') return source.file.name
  const { pathname, host } = new URL(source.url)
  return pathname.split('/').at(-1) || host
}

/** A frame of it, or a word in its place. */
export function sourcePicture(source: ChosenSource, pictureUrl: string | null): TemplateResult {
  if (source.kind === 'file' && pictureUrl !== null)
    return html`<img class="order-picture" src=${pictureUrl} alt="A frame of the video" />`
  return html`<div class="order-picture empty">${source.kind === 'link' ? 'Link' : source.video === null ? 'Reading …' : 'No picture'}</div>`
}

/** Length, size of the picture and bytes, as far as they are known. */
export function sourceFacts(source: ChosenSource, quote: PricedQuote | null): string {
  if (source.kind === 'link') {
    const seconds = quote?.durationSeconds
    return seconds ? videoLength(seconds) : new URL(source.url).host
  }
  const { file, video } = source
  return [
    video?.durationSeconds ? videoLength(video.durationSeconds) : null,
    video?.width ? `${video.width} × ${video.height}` : null,
    bytes(file.size),
  ]
    .filter((fact) => fact !== null)
    .join(' · ')
}
