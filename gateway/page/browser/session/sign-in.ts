import type { TemplateResult } from 'lit'
import { html } from 'lit'
import type { Session } from '../gateway/gateway.ts'
import { gateway } from '../gateway/gateway.ts'
import type { Problem } from '../gateway/problem.ts'
import { problemFrom } from '../gateway/problem.ts'
import { problemNotice } from '../notices/problem-notice.ts'
import { PageElement } from '../page-element.ts'

/** Asks for a project's token once. The gateway answers with a session that no script can read; the token is not kept. */
export class SignIn extends PageElement {
  static override properties = {
    onSession: { attribute: false },
    problem: { state: true },
    isBusy: { state: true },
  }

  declare onSession: (session: Session) => void
  declare private problem: Problem | null
  declare private isBusy: boolean

  constructor() {
    super()
    this.problem = null
    this.isBusy = false
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const token = (event.target as HTMLFormElement).querySelector('input')?.value ?? ''
    this.isBusy = true
    this.problem = null
    try {
      this.onSession(await gateway.signIn(token.trim()))
    } catch (error) {
      this.problem = problemFrom(error, 'The token was not taken')
    } finally {
      this.isBusy = false
    }
  }

  protected override render(): TemplateResult {
    return html`<form class="sign-in" @submit=${(event: SubmitEvent) => this.#submit(event)}>
      <h1>Sign in with your project’s token</h1>
      <div class="field">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required aria-describedby="token-help" />
        <p id="token-help" class="help">One of the gateway’s GATEWAY_TOKENS. This browser is signed in for twelve hours; the token itself is not kept.</p>
      </div>
      <button type="submit" class="primary" ?disabled=${this.isBusy}>Sign in</button>
      ${problemNotice(this.problem)}
    </form>`
  }
}

customElements.define('sign-in', SignIn)
