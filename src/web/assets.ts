// The stylesheet, script and icon of the pages, under names that change with their content: cached for ever.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Router from '@koa/router';
import { sha256 } from '../digest.ts';
import { projectRoot } from '../project-root.ts';

const FILES = { style: 'style.css', script: 'script.js', icon: 'icon.svg' } as const;

export type AssetUrls = Readonly<Record<keyof typeof FILES, string>>;

/** Mounts GET /assets/… and returns where each asset is. */
export function mountAssets(router: Router): AssetUrls {
  const entries = Object.entries(FILES).map(([name, file]) => {
    const content = readFileSync(join(projectRoot, 'views/assets', file), 'utf8');
    const [stem, extension = ''] = file.split('.');
    const path = `/assets/${stem}-${sha256(content).toString('hex').slice(0, 12)}.${extension}`;
    router.get(path, (ctx) => {
      ctx.set('cache-control', 'public, max-age=31536000, immutable');
      ctx.set('x-content-type-options', 'nosniff');
      ctx.type = extension;
      ctx.body = content;
    });
    return [name, path];
  });
  return Object.fromEntries(entries) as AssetUrls;
}
