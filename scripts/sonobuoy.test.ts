import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, isAbsolute, join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, expect, test} from '@jest/globals';
import {create} from 'xmlbuilder2';
import {parse} from 'yaml';
import {z} from 'zod';
import {root} from './paths.ts';
import {asPlugin} from './sonobuoy.ts';

const folders: string[] = [];
const {signal} = new AbortController();

afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true});
});

/** What Sonobuoy makes of a plugin's results folder, read as strictly as Sonobuoy reads. */
function collect(folder: string): {status: string; cases: Record<string, string>} {
  const path = readFileSync(join(folder, 'done'), 'utf8');
  expect(isAbsolute(path)).toBe(true);
  expect(path).toBe(path.trim());
  expect(dirname(path)).toBe(folder);
  const cases: Record<string, string> = {};
  const elements = (of: Element, name: string): Element[] =>
    [...of.childNodes].filter((node): node is Element => node.nodeName === name);
  const xml = readFileSync(path, 'utf8');
  expect(xml.trimEnd()).toMatch(/<\/testsuites>$/); // the parser here closes what is open, Sonobuoy's does not
  const {node} = create(xml).root();
  expect(node.nodeName).toBe('testsuites');
  for (const suite of elements(elementOf(node), 'testsuite')) {
    for (const one of elements(suite, 'testcase')) {
      const has = (child: string): boolean => elements(one, child).length > 0;
      const status = has('skipped') ? 'skipped' : has('failure') || has('error') ? 'failed' : 'passed';
      cases[one.getAttribute('name') ?? ''] = status;
    }
  }
  return {status: Object.values(cases).includes('failed') ? 'failed' : 'passed', cases};
}

function elementOf(node: unknown): Element {
  if (isElement(node)) return node;
  throw new Error('no element');
}

function isElement(node: unknown): node is Element {
  return typeof node === 'object' && node !== null && 'childNodes' in node;
}

/** Runs the plugin with a program in place of a run; `junit` there is the file that --junit names. */
async function plugin(program: string, port?: string) {
  const folder = join(mkdtempSync(join(tmpdir(), 'rac-sonobuoy-')), 'results');
  folders.push(dirname(folder));
  const script = `const {mkdirSync, writeFileSync} = require('node:fs'); const run = process.argv[process.argv.indexOf('--output') + 1]; mkdirSync(run); const junit = run + '/junit.xml'; ${program}`;
  const code = await asPlugin({folder, port, signal}, [process.execPath, '-e', script, '--']);
  return {code, folder, ...collect(folder)};
}

const writes = (children: string): string =>
  `writeFileSync(junit, ${JSON.stringify(`<testsuites><testsuite><testcase name="a"/><testcase name="b">${children}</testcase></testsuite></testsuites>`)});`;

test('what a run writes is the result, and its exit code the own', async () => {
  expect(await plugin(`${writes('<failure message="m"/>')} process.exitCode = 1;`)).toMatchObject({
    code: 1,
    status: 'failed',
    cases: {a: 'passed', b: 'failed'},
  });
  expect(await plugin(writes('<skipped/>'))).toMatchObject({code: 0, status: 'passed', cases: {b: 'skipped'}});
});

test.each([
  ['is killed', "process.kill(process.pid, 'SIGKILL');", 'SIGKILL'],
  [
    'ends with an error',
    `console.error("rac: image i can't be used on a"); process.exitCode = 20;`,
    "image i can't be used on a",
  ],
  ['throws', "throw new Error('defect');", 'exit code 1'],
])('a run that %s is failed, and done is there', async (_, program, why) => {
  const {status, folder} = await plugin(program);
  expect(status).toBe('failed');
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain(why);
});

test('a result that was being written when the run was killed is not taken for one', async () => {
  const {folder} = await plugin(`writeFileSync(junit, '<testsuites>'); process.kill(process.pid, 'SIGKILL');`);
  expect(collect(folder).status).toBe('failed');
});

test('a run that can not be started is failed, and done is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rac-sonobuoy-'));
  folders.push(folder);
  expect(await asPlugin({folder, port: undefined, signal}, ['/no/such/program'])).not.toBe(0);
  expect(collect(folder).status).toBe('failed');
});

test('a run that is stopped is failed, and done is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rac-sonobuoy-'));
  folders.push(folder);
  const stop = AbortSignal.abort(new Error('stopped by SIGTERM'));
  await asPlugin({folder, port: undefined, signal: stop}, [
    process.execPath,
    '-e',
    'setInterval(() => {}, 1000)',
    '--',
  ]);
  expect(collect(folder).status).toBe('failed');
});

const postSchema = z.strictObject({
  msg: z.string(),
  total: z.number(),
  completed: z.number(),
  failures: z.array(z.string()),
  errors: z.array(z.string()),
});
const events = [
  {event: 'target', server: 'v1.35.4'},
  {event: 'recording', scenarios: [{}, {}], parallel: 1},
  {event: 'ended', title: 'a', text: 'all came', reason: 'settled'},
  {event: 'verdict', requirement: 'TRG-1', outcome: 'Failed'},
  {event: 'verdict', requirement: 'TRG-2', outcome: 'Passed'},
  {event: 'ended', title: 'b', text: 'no luck', reason: 'error'},
];
const prints = `${events.map(event => `console.log(${JSON.stringify(JSON.stringify(event))});`).join('')}console.log('no json');`;

test('progress is posted in order, and counts what went well alone', async () => {
  const posts: unknown[] = [];
  const server = http.createServer((request, response) => {
    void text(request).then(body => {
      posts.push({path: request.url, ...postSchema.parse(JSON.parse(body))});
      response.end();
    });
  });
  const {promise, resolve} = Promise.withResolvers<undefined>();
  server.listen(0, 'localhost', () => {
    resolve(undefined);
  });
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  await plugin(`${prints}${writes('')}`, port);
  server.close();
  const path = '/progress';
  expect(posts).toEqual([
    {path, msg: 'recording', total: 2, completed: 0, failures: [], errors: []},
    {path, msg: 'a', total: 2, completed: 1, failures: [], errors: []},
    {path, msg: 'b', total: 2, completed: 1, failures: ['TRG-1'], errors: ['b: no luck']},
  ]);
});

test('a Sonobuoy that takes no progress costs the run nothing', async () => {
  expect(await plugin(`${prints}${writes('')}`, '1')).toMatchObject({code: 0, status: 'passed'});
});

test('the plugin is defined as Sonobuoy reads it', () => {
  const definition = z
    .strictObject({
      'sonobuoy-config': z.strictObject({
        driver: z.literal('Job'),
        'plugin-name': z.string().regex(/^[a-z0-9-]+$/),
        description: z.string(),
        'result-format': z.literal('junit'),
        'result-files': z.tuple([z.literal('junit.xml')]), // without it every *.xml is taken for JUnit
      }),
      spec: z.looseObject({
        name: z.string(),
        image: z.string(),
        args: z.array(z.string()),
        volumeMounts: z.array(z.strictObject({name: z.string(), mountPath: z.string()})),
      }),
    })
    .parse(parse(readFileSync(join(root, 'manifests/in-cluster/sonobuoy-plugin.yaml'), 'utf8')));
  expect(definition.spec.volumeMounts).toContainEqual({name: 'results', mountPath: '/tmp/sonobuoy/results'});
  expect(definition.spec.args[0]).toBe('sonobuoy');
  expect(existsSync(join(root, 'scripts/sonobuoy.ts'))).toBe(true);
});
