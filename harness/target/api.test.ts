import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import {SuiteError} from '../errors.ts';
import {answer, ApiServer, hangUp, refuse, type Answer} from '../testing/api-server.ts';
import {Calls} from '../testing/changes.ts';
import {cert, key} from '../testing/tls.ts';
import {Api, ApiError, type Sent} from './api.ts';
import {exec} from './exec.ts';

let server: ApiServer;
let api: Api;

beforeEach(async () => {
  server = await ApiServer.start();
  api = server.api();
});

afterEach(() => server[Symbol.asyncDispose]());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const unreachable = (why: RegExp) => ({exit: 'unreachable', message: expect.stringMatching(why)});

describe('a request', () => {
  test('brings fields that no client knows back untouched', async () => {
    const body = {metadata: {name: 'a'}, spec: {restartPolicyRules: [{action: 'Unheard', exitCodes: {values: [88]}}]}};
    await api.json('/api/v1/namespaces/test/pods', {method: 'POST', body});
    expect(server.received).toMatchObject([{method: 'POST', body}]);
    await expect(api.json('/api/v1/namespaces/test/pods')).resolves.toMatchObject({items: [body]});
  });

  test("names the suite, and sends the kubeconfig's token", async () => {
    const config = server.config({token: 'a-token'});
    await new Api(config, 'rac/0.1').json('/api/v1/namespaces');
    expect(server.received).toMatchObject([{headers: {'user-agent': 'rac/0.1', authorization: 'Bearer a-token'}}]);
  });

  test('names the type of its body', async () => {
    const contentType = 'application/merge-patch+json';
    server.on('PATCH', /./, answer({}));
    await api.json('/api/v1/nodes/a', {method: 'PATCH', body: {}, contentType});
    await api.json('/api/v1/nodes/a', {method: 'PATCH', body: {}});
    expect(server.received).toMatchObject([
      {headers: {'content-type': contentType}},
      {headers: {'content-type': 'application/json'}},
    ]);
  });

  test('is answered with nothing where the body is empty', async () => {
    server.on('DELETE', /./, response => response.end());
    await expect(api.json('/api/v1/nodes/a', {method: 'DELETE'})).resolves.toBeUndefined();
  });
});

describe('whoever counts requests', () => {
  const sent: Sent[] = [];
  let counted: Api;

  beforeEach(() => {
    sent.length = 0;
    counted = new Api(server.config(), 'rac-test/1', {sent: request => sent.push(request)});
  });

  test('is told each with its method and path', async () => {
    await counted.json('/api/v1/namespaces?limit=1');
    await counted.json('/api/v1/namespaces/test/pods', {method: 'POST', body: {metadata: {name: 'a'}}});
    expect(sent).toEqual([
      {method: 'GET', path: '/api/v1/namespaces?limit=1'},
      {method: 'POST', path: '/api/v1/namespaces/test/pods'},
    ]);
  });

  test('is told of one that is sent once more, and of a refused one', async () => {
    server.on('GET', /./, hangUp);
    await expect(counted.json('/x')).rejects.toBeInstanceOf(SuiteError);
    await expect(counted.json('/y', {method: 'DELETE'})).rejects.toBeInstanceOf(ApiError);
    expect(sent.map(({path}) => path)).toEqual(['/x', '/x', '/y']);
  });

  test('is told of an exec', async () => {
    server.onExec(call => {
      call.succeed('42');
    });
    const request = {namespace: 'test', pod: 'a', container: 'b', command: ['true'], timeoutMs: 5000};
    await expect(exec(counted.openExec(), request)).resolves.toBe('42');
    expect(sent).toEqual([{method: 'GET', path: '/api/v1/namespaces/test/pods/a/exec'}]);
  });
});

describe('a server with a certificate', () => {
  const tls = {key, cert, ca: cert, requestCert: true};

  test('gets requests that follow one another over one connection', async () => {
    await using secure = await ApiServer.start({key, cert});
    const ports: (number | undefined)[] = [];
    secure.on('GET', /./, (response, received) => {
      ports.push(response.socket?.remotePort);
      answer({})(response, received);
    });
    const client = new Api(secure.config({}, {caData: base64(cert)}), 'rac-test/1');
    for (const path of ['/a', '/b', '/c']) await client.json(path);
    expect(ports).toEqual([ports[0], ports[0], ports[0]]);
  });

  test("is believed by the kubeconfig's authority and shown the user's certificate", async () => {
    await using secure = await ApiServer.start({...tls, rejectUnauthorized: true});
    const user = {certData: base64(cert), keyData: base64(key)};
    const config = secure.config(user, {caData: base64(cert)});
    await expect(new Api(config, 'rac-test/1').json('/api/v1/namespaces')).resolves.toMatchObject({items: []});
  });

  test('is not believed without that authority', async () => {
    await using secure = await ApiServer.start({key, cert});
    const config = secure.config();
    config.clusters = config.clusters.map(cluster => ({...cluster, skipTLSVerify: false}));
    await expect(new Api(config, 'rac-test/1').json('/api/v1/namespaces')).rejects.toMatchObject(
      unreachable(/self-signed certificate/),
    );
  });
});

describe('a refusal', () => {
  test.each([
    [403, 'pods is forbidden: User "tester" cannot list'],
    [404, 'namespaces "gone" not found'],
    [422, 'spec.containers[0].restartPolicyRules[0].action: Unsupported value'],
  ])("of code %i keeps the server's words", async (code, message) => {
    server.on('GET', /./, refuse(code, message));
    await expect(api.json('/x')).rejects.toThrow(new ApiError(code, message));
    await expect(api.json('/x')).rejects.toMatchObject({code, message});
  });

  test.each<[what: string, say: Answer, message: string]>([
    ['is no JSON', response => response.writeHead(502).end('bad gateway'), 'HTTP 502: bad gateway'],
    ['has no message', answer({kind: 'Status'}, 429), 'HTTP 429'],
  ])('whose body %s names the code', async (_, say, message) => {
    server.on('GET', /./, say);
    await expect(api.json('/x')).rejects.toMatchObject({name: 'ApiError', message});
  });
});

describe('a server that does not answer', () => {
  test('since nothing listens is unreachable, with the next step', async () => {
    const {url} = server;
    await server[Symbol.asyncDispose]();
    await expect(api.json('/version')).rejects.toMatchObject({
      ...unreachable(/^the API server http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/),
      next: expect.stringContaining('kubectl --context'),
    });
    server = await ApiServer.start();
    expect(url).not.toBe(server.url);
  });

  test.each<[when: string, say: Answer]>([
    ['before', hangUp],
    ['in the middle of', response => response.writeHead(200).write('{"items":[', () => response.destroy())],
  ])('but breaks the connection %s its answer is unreachable', async (_, say) => {
    server.on('GET', /./, say);
    const request = api.json('/x');
    await expect(request).rejects.toBeInstanceOf(SuiteError);
    await expect(request).rejects.toMatchObject(unreachable(/does not answer/));
  });
});

describe('a connection that is lost before any answer', () => {
  const breakOnce = (method: 'GET' | 'POST'): void => {
    let broken = false;
    server.on(method, /./, (response, request) => {
      const say = broken ? answer({gitVersion: 'v1.35.4'}) : hangUp;
      broken = true;
      say(response, request);
    });
  };

  test('is asked once more by what only reads', async () => {
    breakOnce('GET');
    await expect(api.json('/version')).resolves.toEqual({gitVersion: 'v1.35.4'});
  });

  test('is unreachable for what may have been done', async () => {
    breakOnce('POST');
    await expect(api.json('/x', {method: 'POST', body: {}})).rejects.toMatchObject(unreachable(/does not answer/));
    expect(server.received).toHaveLength(1);
  });
});

describe('a signal', () => {
  const reason = new SuiteError('interrupted', 'stopped by SIGINT');

  test.each<[when: string, say: Answer]>([
    ['before', () => undefined],
    ['in the middle of', response => void response.writeHead(200).write('{')],
  ])('ends a request %s its answer with its own reason', async (_, say) => {
    const received = new Calls<undefined>();
    server.on('GET', /./, (response, request) => {
      say(response, request);
      received.take(undefined);
    });
    const stop = new AbortController();
    const request = api.json('/x', {signal: stop.signal});
    await received.first(1);
    await api.json('/api/v1/namespaces', {method: 'POST', body: {metadata: {name: 'later'}}}); // what came before is here
    stop.abort(reason);
    await expect(request).rejects.toBe(reason);
  });

  test('that is a time limit makes the server unreachable', async () => {
    server.on('GET', /./, () => undefined);
    await expect(api.json('/x', {signal: AbortSignal.timeout(1)})).rejects.toMatchObject(unreachable(/timeout/));
  });
});
