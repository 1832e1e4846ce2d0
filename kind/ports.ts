import {createServer} from 'node:net';
import {SuiteError} from '../harness/errors.ts';

/** True where a TCP port of the loopback address can be listened on. */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({port, host, exclusive: true}, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** @throws SuiteError (portTaken) */
export async function needPort(port: number): Promise<void> {
  if (await portIsFree(port)) return;
  throw new SuiteError('portTaken', `port ${port} of 127.0.0.1 is taken`, {
    next: `name another with --api-port, leave it out for any free one, or see who has it: ss -ltnp 'sport = :${port}'`,
  });
}
