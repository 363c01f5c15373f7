// /docs: the API for people to read.
import type Router from '@koa/router';
import { DocsPage } from '../../views/docs.tsx';
import { apiReference } from './api-reference.ts';
import type { Pages } from './pages.ts';

export function mountDocs(router: Router, pages: Pages, publicUrl: string): void {
  const groups = apiReference(publicUrl);
  router.get('/docs', async (ctx) => {
    const { shell } = await pages.visit(ctx);
    pages.show(ctx, <DocsPage shell={shell} groups={groups} />);
  });
}
