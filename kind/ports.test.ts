import {createServer} from 'node:net';
import {expect, test} from '@jest/globals';
import {needPort, portIsFree} from './ports.ts';

test('a port that is listened on is taken', async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await portIsFree(port)).toBe(false);
  await expect(needPort(port)).rejects.toMatchObject({
    exit: 'portTaken',
    message: `port ${port} of 127.0.0.1 is taken`,
  });
  await new Promise(resolve => server.close(resolve));
  await expect(needPort(port)).resolves.toBeUndefined();
});
