/** What the result is shown over; it changes nothing about the file. */
export type Backdrop =
  | { kind: 'checks' | 'white' | 'black' | 'green' }
  | { kind: 'color'; color: string }
  | { kind: 'picture'; url: string }

/** What is there without choosing anything further. */
export const PLAIN_BACKDROPS = [
  { kind: 'checks', name: 'Checkerboard' },
  { kind: 'white', name: 'White' },
  { kind: 'black', name: 'Black' },
  { kind: 'green', name: 'Green' },
] as const

/** Puts the backdrop behind what a stage shows. By properties, since the policy allows no style attributes. */
export function hang(stage: HTMLElement, backdrop: Backdrop): void {
  stage.dataset['backdrop'] = backdrop.kind
  stage.style.backgroundColor = backdrop.kind === 'color' ? backdrop.color : ''
  stage.style.backgroundImage = backdrop.kind === 'picture' ? `url("${backdrop.url}")` : ''
}
