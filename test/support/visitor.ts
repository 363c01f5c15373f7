// A person's browser without the browser: cookies, and forms as the pages hand them out. For protocol tests; what a
// person sees is tested in journeys/.
import { registerSecret, registerSecretsOf } from './secrets-at-rest.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export class Visitor {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();

  constructor(base: string) {
    this.#base = base;
  }

  /** A GET; redirects are followed by hand, as the tests look at each. */
  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { headers });
  }

  /** Sends a form. `fields` win over the page's hidden ones; null leaves one out. */
  async submit(
    path: string,
    page: Answer,
    fields: Record<string, string | null>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...hiddenFields(page.body, path), ...fields })) {
      if (value !== null) form.set(name, value);
    }
    return await this.#send(path, { method: 'POST', body: form, headers });
  }

  async signIn(person: { email: string; password: string }): Promise<Answer> {
    registerSecret('password', person.password);
    const page = await this.get('/sign-in');
    const answer = await this.submit('/sign-in', page, { email: person.email, password: person.password });
    if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}`);
    return answer;
  }

  /** Opens the page of a code and presses a button there. */
  async decide(code: string, decision: 'authorize' | 'cancel', organization?: string): Promise<Answer> {
    const page = await this.get(`/cli-auth?code=${code}`);
    return await this.submit('/cli-auth', page, { decision, ...(organization === undefined ? {} : { organization }) });
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  async #send(
    path: string,
    init: { method?: 'POST'; body?: URLSearchParams; headers: Record<string, string> },
  ): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#base), {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else {
        registerSecret(`cookie ${name}`, value);
        this.#cookies.set(name, value);
      }
    }
    const body = await response.text();
    registerSecretsOf(body);
    return { status: response.status, headers: response.headers, body };
  }
}

/** The hidden fields, and the chosen organization, of the page's form that posts to `action`. */
function hiddenFields(html: string, action: string): Record<string, string> {
  const form = html
    .split('<form')
    .find((part) => part.includes(`action="${action}"`) && part.includes('method="post"'));
  const fields: Record<string, string> = {};
  for (const [, attributes = ''] of (form ?? '').split('</form>')[0]?.matchAll(/<input([^>]*type="hidden"[^>]*)>/g) ??
    []) {
    const name = /name="([^"]*)"/.exec(attributes)?.[1];
    if (name !== undefined) fields[name] = unescapeHtml(/value="([^"]*)"/.exec(attributes)?.[1] ?? '');
  }
  return fields;
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
