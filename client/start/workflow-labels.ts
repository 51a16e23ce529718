import { TypedSearchAttributes } from '@temporalio/common'
import { shownBackground } from '../../domain/request-values.ts'
import type { RemovalMemo } from '../../workflows/messages.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import type { ReadyRemoval } from './ready-removal.ts'

/** Temporal refuses summaries of more than 400 bytes. */
const MOST_OF_A_NAME = 80

/** What a removal's workflow shows of itself from its first moment: to `status`, to lists and to the Temporal UI. */
export function workflowLabels({ id, request, input, fingerprint }: Omit<ReadyRemoval, 'forWorkers'>) {
  const { model, outputFormat, background, project, user, reference } = request
  const memo: RemovalMemo = {
    fingerprint,
    source: input.name,
    requested: { model, outputFormat, background: shownBackground(background) },
    input: {
      bytes: input.kind === 'url' ? null : input.sizeBytes,
      sha256: input.kind === 'file' ? input.sha256 : null,
    },
    project,
    user,
    reference,
  }
  return {
    memo,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttributes.state, value: 'accepted' },
      { key: searchAttributes.project, value: project },
      { key: searchAttributes.model, value: model },
      { key: searchAttributes.format, value: outputFormat },
      { key: searchAttributes.fingerprint, value: fingerprint },
    ]),
    staticSummary: `${input.name.split('/').at(-1)?.slice(-MOST_OF_A_NAME)} → ${model} ${outputFormat}, ${backgroundInWords(request)}`,
    staticDetails: [
      `removal ${id}`,
      `input: ${input.name}`,
      `project: ${project}`,
      ...(user === null ? [] : [`user: ${user}`]),
      ...(reference === null ? [] : [`reference: ${reference}`]),
    ].join('\n\n'),
  }
}

function backgroundInWords({ background }: ReadyRemoval['request']): string {
  switch (background.type) {
    case 'transparent':
      return 'transparent'
    case 'color':
      return `on ${background.color}`
    case 'image':
      return 'on an image'
  }
}
