import { findPersonPart, PERSON_PACKAGES } from './media/person/find-person-part.ts'

/** What a newcomer may expect of this sandbox's pictures, in plain words. */
export function cutOutSentence(): string {
  return findPersonPart() === null
    ? `the model that knows people is not installed, so a video is cut out by its screen or by what moves (npm install ${PERSON_PACKAGES.join(' ')})`
    : 'people are cut out by a small model on this machine: good enough to try with, not studio matting; the bill is play money'
}
