// From a page to the document that is sent. Headers, the security policy included, are the routes' matter.
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

/** A whole HTML document. Everything a page was given is escaped. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${render(page)}`;
}
