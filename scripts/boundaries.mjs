// Which room may import which, and who may use which package: node scripts/boundaries.mjs
// A room is a folder or a file of src/, or views/. Type-only imports count. What a file reaches without
// an import (the time, the environment, the console) and circles between files are oxlint's to hold.
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

const routes = ['health', 'web', 'api', 'introspection', 'plain-grants', 'forward-auth', 'revocation', 'leaks', 'oidc'];

/** A room imports the rooms below its own line, and its neighbours on the line as long as no circle comes of it. */
const layers = [
  ['main'],
  ['commands'],
  ['server'],
  ['app'],
  ['services'],
  ['background'],
  ['maintenance', 'notices'],
  routes,
  ['fast-lane'],
  ['sign-ins', 'trail'],
  ['http', 'views'],
  ['tokens', 'sessions', 'device', 'accounts', 'members', 'clients', 'keys', 'audit', 'usage'],
  ['config', 'database', 'mail', 'clock', 'digest', 'log', 'metrics'],
  ['request-durations'],
  ['project-root'],
  ['oauth'],
];

/** These have a short list instead of a line: nothing else, neither a room nor a package nor a part of Node. */
const closed = {
  oauth: [],
  views: ['preact', 'preact-render-to-string'],
  cli: ['oauth', 'node:', ...dependenciesOf('src/cli')],
  'resource-server': ['oauth', 'node:'],
};

/** Packages, and ways around a lint rule, that only some rooms or some files of the server may import. */
const reserved = {
  'oidc-provider': ['oidc'],
  pg: /^src\/database\/(postgres|prepared-query)\.ts$/,
  '@electric-sql/pglite': /^src\/database\/embedded\.ts$/,
  'node-pg-migrate': ['database'],
  ioredis: /-redis\.ts$/,
  koa: ['server', 'app', ...routes, 'http'],
  '@koa/router': ['app', ...routes],
  'node:process': ['config'],
  'node:perf_hooks': ['clock'],
};

const faults = [];
/** Room -> the rooms of its own line that it imports. */
const neighbours = new Map();

for (const file of globSync(['src/**/*.{ts,tsx}', 'views/**/*.{ts,tsx}'], {
  exclude: ['**/dist/**', '**/node_modules/**'],
}).sort()) {
  for (const name of importsOf(file)) {
    const why = refusal(file, name);
    if (why !== undefined) faults.push(`${file}: may not import ${name}: ${why}`);
  }
}
for (const room of neighbours.keys()) {
  const circle = circleFrom([room]);
  if (circle?.toSorted()[0] === room) faults.push(`${circle.join(' → ')} → ${room}: a circle of rooms`);
}
for (const fault of faults) console.error(fault);
console.log(`import walls: ${faults.length === 0 ? 'hold' : `${faults.length} broken`}`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What a package of its own is published with. */
function dependenciesOf(folder) {
  return Object.keys(JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).dependencies);
}

/** Every module a file names: import, export from, import(), import type, import('x').T, import x = require('x'). */
function importsOf(file) {
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const names = [];
  const take = (source) => source && names.push(source.value ?? '(a computed name)');
  new Visitor({
    ImportDeclaration: (node) => take(node.source),
    ExportNamedDeclaration: (node) => take(node.source),
    ExportAllDeclaration: (node) => take(node.source),
    ImportExpression: (node) => take(node.source),
    TSImportType: (node) => take(node.source),
    TSExternalModuleReference: (node) => take(node.expression),
  }).visit(program);
  return names;
}

/** Why `file` may not import `name`, or undefined where it may. */
function refusal(file, name) {
  const own = roomOf(file);
  if (name.startsWith('.')) return roomRefusal(own, roomOf(relative('.', resolve(dirname(file), name))));
  if (name.startsWith('(')) return 'the walls can only be held on a literal name';
  const bare = packageOf(name);
  if (Object.hasOwn(closed, own)) {
    const list = closed[own];
    return list.includes(bare) || (list.includes('node:') && bare.startsWith('node:'))
      ? undefined
      : `${own} imports only ${list.join(', ') || 'itself'}`;
  }
  const holders = Object.hasOwn(reserved, bare) ? reserved[bare] : undefined;
  if (holders === undefined) return undefined;
  if (holders instanceof RegExp) return holders.test(file) ? undefined : `only ${holders.source} may`;
  return holders.includes(own) ? undefined : `only ${holders.join(', ')} may`;
}

function roomRefusal(own, target) {
  if (own === target) return undefined;
  if (Object.hasOwn(closed, own)) return closed[own].includes(target) ? undefined : `${own} is closed to other rooms`;
  const [from, to] = [own, target].map((room) => layers.findIndex((layer) => layer.includes(room)));
  if (from === -1 || to === -1) return `${from === -1 ? own : target} is on no line of scripts/boundaries.mjs`;
  if (from === to) neighbours.set(own, (neighbours.get(own) ?? new Set()).add(target));
  return from <= to ? undefined : `${target} is above ${own}`;
}

/** The first circle met when walking on from the last room of the path, as the rooms on it. */
function circleFrom(path) {
  for (const next of neighbours.get(path.at(-1)) ?? []) {
    if (next === path[0]) return path;
    const circle = path.includes(next) ? undefined : circleFrom([...path, next]);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** src/tokens/store.ts -> tokens; src/clock.ts -> clock; views/layout.tsx -> views; anything else as it is. */
function roomOf(path) {
  const [top, next] = path.split('/');
  if (top === 'src' && next !== undefined) return next.replace(/\.tsx?$/, '');
  return top === 'views' ? 'views' : path;
}

/** pg/lib/x -> pg; @koa/router/x -> @koa/router; node:fs/promises and a bare fs -> node:fs. */
function packageOf(name) {
  const parts = name.split('/');
  const bare = name.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
  return isBuiltin(bare) && !bare.startsWith('node:') ? `node:${bare}` : bare;
}
