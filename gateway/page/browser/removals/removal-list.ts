import type { TemplateResult } from 'lit'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RemovalDocument } from '../../../../domain/removal-document.ts'
import { addresses } from '../gateway/gateway.ts'
import { MODEL_WORDS } from '../new/removal-settings.ts'
import { moment, percent, videoLength } from '../words/amounts.ts'
import { stateTone, stateWords } from '../words/state-words.ts'
import { costOf, nameOf, temporalLink } from './removal-facts.ts'

interface ListContext {
  pictureOf(id: string): string | null
  shownId: string | null
  temporalUiUrl: string | null
}

/** The project's removals, newest first, each with where it stands and what it cost. */
export function removalList(removals: readonly RemovalDocument[], context: ListContext): TemplateResult {
  return html`<ul class="list">
    ${repeat(
      removals,
      ({ id }) => id,
      (removal) => row(removal, context),
    )}
  </ul>`
}

function row(removal: RemovalDocument, { pictureOf, shownId, temporalUiUrl }: ListContext): TemplateResult {
  const { id, state, input, progress, createdAt, requested, served } = removal
  const link = temporalLink(temporalUiUrl, removal)
  const model = (served ?? requested)?.model
  const facts = [
    model === undefined ? null : MODEL_WORDS[model].name,
    input?.durationSeconds ? videoLength(input.durationSeconds) : null,
    createdAt === null ? null : moment(createdAt),
  ].filter((fact) => fact !== null)
  return html`<li class="item">
    ${thumbnail(removal, pictureOf(id))}
    <div class="item-words">
      <a class="item-name" href="#${id}" aria-current=${id === shownId ? 'page' : 'false'}>${nameOf(removal)}</a>
      <p class="item-facts">${facts.join(' · ')}</p>
    </div>
    <p class="state ${stateTone(removal)}">
      ${stateWords(removal)}${state === 'processing' && progress !== null ? html` <span class="figure">${percent(progress / 100)}</span>` : nothing}
    </p>
    <p class="item-cost">${costOf(removal) ?? '–'}</p>
    <p class="item-link">${link === null ? nothing : html`<a href=${link} target="_blank" rel="noreferrer">Temporal<span class="unseen">: ${input?.source ?? id}</span></a>`}</p>
  </li>`
}

/** The result where there is one, else the frame that this browser has kept of the original. */
function thumbnail({ id, state, deletedAt }: RemovalDocument, pictureUrl: string | null): TemplateResult {
  if (state === 'succeeded' && !deletedAt)
    return html`<img class="thumb checks" src=${addresses.still(id, 240)} alt="" loading="lazy" width="96" height="54" />`
  if (pictureUrl !== null) return html`<img class="thumb" src=${pictureUrl} alt="" width="96" height="54" />`
  return html`<div class="thumb"></div>`
}
