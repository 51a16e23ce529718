import { LitElement } from 'lit'

/** A component that lives in the page's own tree, so that one stylesheet and one order of headings hold for all of it. */
export abstract class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this
  }
}
